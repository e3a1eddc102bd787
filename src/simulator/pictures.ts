import { type Address, USUAL } from './address.js';
import { chartSvg, seriesOf, type TimedText } from './chart.js';
import { Session } from './session.js';

export interface Picture {
  /** Of its file in docs/pictures. */
  readonly name: string;
  readonly title: string;
  readonly address: Address;
  /** Around the fault, ms. */
  readonly before: number;
  readonly after: number;
  readonly slotMs: number;
}

const STRUCK_MS = 9000;
const acts = (act: string): Address['acts'] => [{ at: STRUCK_MS, act }];
/** Enough for a picture without holes. */
const BUSY: Address = { ...USUAL, rate: 1000 };

/** What the documentation shows of simulated runs. */
export const PICTURES: readonly Picture[] = [
  {
    name: 'failover',
    title: 'A failover: the master is killed, and a replica promoted by its agent',
    address: { ...BUSY, acts: acts('master-killed') },
    before: 150,
    after: 350,
    slotMs: 5,
  },
  {
    name: 'hand-over',
    title: 'A hand-over: the pod of the master is deleted, and loses no write',
    address: { ...BUSY, acts: acts('pod-of-the-master-deleted') },
    before: 150,
    after: 350,
    slotMs: 5,
  },
  {
    name: 'partition',
    title: 'A partition in the profile default: for some seconds the cut-off master takes writes that will be lost',
    address: { ...USUAL, profile: 'default', acts: acts('node-of-the-master-isolated') },
    before: 1000,
    after: 8000,
    slotMs: 50,
  },
];

const WIDTH = 720;

export function drawn({ title, address, before, after, slotMs }: Picture): string {
  const to = STRUCK_MS + after;
  const session = new Session({ ...address, time: to });
  return chartSvg(seriesOf(session.play.world, STRUCK_MS - before, to, slotMs, marksOf(session)), WIDTH, title);
}

/** The fault, and who became master. */
function marksOf({ notes }: Session): TimedText[] {
  return notes.flatMap(({ at, note: [who, what] }) => {
    if (who === 'FAULT') return [{ at, text: what }];
    return who.startsWith('redis-') && what.startsWith('is master from') ? [{ at, text: `${who} is master` }] : [];
  });
}
