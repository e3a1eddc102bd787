import type { Note } from '../simulation/world.js';
import type { Result } from './measure.js';
import type { Shape } from './shape.js';

export interface TimedNote {
  readonly at: number;
  readonly note: Note;
}

interface Promotion {
  readonly server: string;
  readonly by: string;
  readonly at: number;
}

/** In a sentence or two: why writes stood still for so long, and why some were lost. */
export function why(shape: Shape, result: Result, notes: readonly TimedNote[]): string {
  const struck = notes.findIndex(({ note: [who] }) => who === 'FAULT');
  const after = struck < 0 ? [] : notes.slice(struck);
  const began = after[0]?.at ?? 0;
  const promotion = findPromotion(after);
  const parts = [
    promotion ? howReplaced(shape, after, promotion, began) : howItStayed(shape, result, after, began),
    ...(promotion ? howItWentOn(shape, result, promotion.at - began) : []),
    ...whyLost(shape, result, after),
  ];
  return parts.join(' ');
}

/** The first server that became master after the fault. */
function findPromotion(notes: readonly TimedNote[]): Promotion | undefined {
  const index = notes.findIndex(
    ({ note: [who, what] }) => who.startsWith('redis-') && what.startsWith('is master from'),
  );
  const found = notes[index];
  if (found === undefined) return undefined;
  const server = found.note[0];
  const order = notes.slice(0, index + 1).findLast(({ note: [, what] }) => what.startsWith(`has ${server} promoted`));
  return { server, by: order?.note[0] ?? 'a Sentinel', at: found.at };
}

function howReplaced(shape: Shape, notes: readonly TimedNote[], { server, by, at }: Promotion, began: number): string {
  const says = (start: string) => notes.find(({ at: then, note: [, what] }) => then <= at && what.startsWith(start));
  const took = seconds(at - began);
  const handOver = notes.find(({ note: [who, what] }) => who === by && what.startsWith('handed-over'));
  const paused = handOver && /writes-paused=(\d+)ms/.exec(handOver.note[1])?.[1];
  if (paused !== undefined) return `${by} handed over to ${server}: writes were paused for ${paused} ms.`;
  const ended = says('ended-server');
  if (ended) {
    const [, silent = ''] = /silent=(\d+)ms/.exec(ended.note[1]) ?? [];
    return `${ended.note[0]} ended its server, which had not answered for ${seconds(Number(silent))}, before any other could be elected, and had ${server} promoted ${took} after the fault.`;
  }
  const switched = notes.find(
    ({ at: then, note: [who, what] }) => then >= at && who === by && what.startsWith('switched'),
  );
  if (switched?.note[1].includes('reason=server-gone'))
    return `${by} saw its own server end and had ${server} promoted at once, ${took} after the fault.`;
  const down = says('+sdown');
  if (down)
    return `Nothing told why the master was silent, so the Sentinels considered it down only after downAfter (${shape.downAfter / 1000} s); ${by} then had ${server} promoted, ${took} after the fault.`;
  return `${by} had ${server} promoted ${took} after the fault.`;
}

function howItStayed(shape: Shape, result: Result, notes: readonly TimedNote[], began: number): string {
  if (result.gap === Number.POSITIVE_INFINITY) {
    const waiting = notes.findLast(({ note: [who, what] }) => who.startsWith('agent-') && what.startsWith('waiting '));
    return `No server takes writes any more${waiting ? `: ${waiting.note[0]} is ${waiting.note[1]}` : ''}.`;
  }
  const back = notes.find(({ note: [who, what] }) => who.startsWith('redis-') && what.startsWith('starts as master'));
  if (back)
    return `Nobody else was promoted; ${back.note[0]} came back as master ${seconds(back.at - began)} after the fault.`;
  if (result.refused > 0)
    return `The master stayed, but refused writes while fewer than ${shape.minReplicas} of its replicas confirmed.`;
  return 'The master stayed, and nothing that a write waits for was broken.';
}

/** What clients waited for beyond the promotion, ms. */
const NOTICEABLE_MS = 400;

function howItWentOn(
  { minReplicas, separateSentinels }: Shape,
  { gap, refused }: Result,
  promotedAfter: number,
): string[] {
  if (gap === Number.POSITIVE_INFINITY || gap - promotedAfter < NOTICEABLE_MS) return [];
  const more = seconds(gap - promotedAfter);
  if (minReplicas > 0 && refused > 0)
    return [`It refused writes for ${more} more, until ${minReplicas} of the others followed it.`];
  return [`Clients found it ${more} later${separateSentinels > 0 ? ', from the separate Sentinels' : ''}.`];
}

function whyLost(
  { maxLag, minReplicas, fsync }: Shape,
  { lost, lostConfirmed }: Result,
  notes: readonly TimedNote[],
): string[] {
  if (lost === 0) return [];
  const cut = notes.some(({ note: [who, what] }) => who === 'FAULT' && what.startsWith('cuts off'));
  const fenced = notes.some(({ note: [who, what] }) => who.startsWith('agent-') && what.startsWith('fence'));
  const count = `${lost} acknowledged ${lost === 1 ? 'write was' : 'writes were'} lost${lostConfirmed > 0 ? `, ${lostConfirmed} of them confirmed` : ''}`;
  if (fenced) return [`${count}: those that the cut-off master took before its agent paused it.`];
  if (cut && minReplicas > 0)
    return [
      `${count}: the cut-off master went on until its replicas' last answer was ${maxLag / 1000} s old (maxLag).`,
    ];
  if (cut) return [`${count}: the cut-off master went on taking writes, as it needs no replica.`];
  if (fsync === 'none') return [`${count}: nothing is kept on a volume.`];
  return [`${count}: no replica had them yet.`];
}

function seconds(ms: number): string {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`;
}
