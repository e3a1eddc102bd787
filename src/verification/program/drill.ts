// A failover tried out: load runs while the master moves, by this program's order or by somebody else's doing, until the
// topology is whole again; then every acknowledged write is looked for.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, judge, measure, type Story } from './drill-judge.js';
import { flowing, moved, waitFor, wholeness } from './drill-waits.js';
import { listed, messageOf, Unknown, Unsound } from './finding.js';
import { Keys } from './keys.js';
import { DRILL_STEPS_MS } from './limits.js';
import { Load } from './load.js';
import { deleteKeys, readBack } from './read-back.js';
import type { CheckReport, DrillFigures } from './report.js';
import type { DrillSettings, ProgramSettings } from './settings.js';
import { mastersOf, type Survey } from './survey.js';
import { switchOver } from './switchover.js';

/** What a drill needs beside its own settings. */
export interface Stage {
  readonly settings: ProgramSettings;
  readonly drill: DrillSettings;
  /** Told what happens while it happens. */
  readonly say: (text: string) => void;
  /** Told what was measured, whatever the verdict. */
  readonly measured: (figures: DrillFigures) => void;
  /** Ends it early; what it did is undone. */
  readonly stop: AbortSignal;
}

/**
 * Runs the drill, unless that would leave the topology without redundancy.
 * @param checks what was found before: all must be sound
 * @returns the line for people
 * @throws Unknown when it is refused, or nothing could be told; Unsound when what it found is wrong
 */
export async function runDrill(stage: Stage, checks: readonly CheckReport[]): Promise<string> {
  const survey = await mustBeWhole(stage, checks);
  const keys = new Keys();
  const load = new Load(stage.settings, stage.drill, keys);
  // ioredis 6.0.0 subscribes anew to a Sentinel that was away, and does not handle that this may time out.
  const ignore = () => {};
  process.on('unhandledRejection', ignore);
  try {
    const { story, failure } = await underLoad(stage, survey, load);
    return await conclude(stage, story, load, failure);
  } finally {
    await load.stop();
    await deleteKeys(stage.settings, keys.toDelete).catch((error) => {
      stage.say(`keys may be left, and go by themselves within half an hour: ${messageOf(error)}`);
    });
    process.off('unhandledRejection', ignore);
  }
}

async function mustBeWhole({ settings, stop }: Stage, checks: readonly CheckReport[]): Promise<Survey> {
  const doubtful = checks.filter(({ verdict }) => verdict !== 'sound').map(({ name }) => name);
  if (doubtful.length > 0) throw refusal(`${listed(doubtful)} not sound`, 'mend what is said there');
  const survey = await waitFor(settings, DRILL_STEPS_MS.promotable, wholeness(settings), stop);
  if (typeof survey !== 'string') return survey;
  throw refusal(survey, 'bring back every server and Sentinel, and see that each replica may be promoted');
}

function refusal(why: string, mend: string): Unknown {
  return new Unknown(`refused, nothing was done, for a failover wants all its redundancy: ${why}; ${mend}`);
}

/** Ends the load, and returns what happened under it: also when something did not. */
async function underLoad(
  { settings, drill, say, stop }: Stage,
  survey: Survey,
  load: Load,
): Promise<{ story: Story; failure: unknown }> {
  const [from = ''] = mastersOf(survey);
  const began = performance.now();
  const deadline = began + drill.limitSeconds * 1000;
  let story: Omit<Story, 'ended'> = { from, began };
  let failure: unknown;
  const until = async (lack: ReturnType<typeof moved>): Promise<Survey> => {
    const seen = await waitFor(settings, deadline - performance.now(), lack, stop);
    if (typeof seen !== 'string') return seen;
    throw new Unknown(`after ${drill.limitSeconds} s (the drill's limit) still missing: ${seen}`);
  };
  load.start();
  try {
    await flowing(load, stop);
    await sleep(DRILL_STEPS_MS.steady, undefined, { signal: stop });
    if (drill.mode === 'switchover') {
      say(`${drill.writers} writers at work; switching the master, ${from}`);
      story = { ...story, ...(await switchOver(settings, survey, deadline, stop)) };
    } else {
      say(`${drill.writers} writers at work; now make the master fail, ${from}: ${drill.limitSeconds} s for all of it`);
    }
    const hasMoved = moved(from);
    story = { ...story, to: mastersOf(await until(hasMoved)).find((master) => master !== from) };
    await until((seen) => [...hasMoved(seen), ...wholeness(settings)(seen)]);
    story = { ...story, wholeAt: performance.now() };
    await sleep(DRILL_STEPS_MS.steady, undefined, { signal: stop });
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    failure = error;
  }
  await load.stop();
  return { story: { ...story, ended: performance.now() }, failure };
}

/** Reads all back, also after a failure: what was lost until then is a finding. */
async function conclude({ settings, drill, measured }: Stage, story: Story, load: Load, failure: unknown) {
  const untold = failure === undefined || failure instanceof Unsound ? [] : [messageOf(failure)];
  // What cannot be read is not known to be lost.
  let found: ReadonlyMap<string, string | null> = new Map(load.acks.map(({ key, value }) => [key, value]));
  let line = `${load.acks.length} writes acknowledged, none read back`;
  try {
    found = await readBack(settings, [...found.keys()]);
    const figures = measure(story, load, found, drill.writers);
    measured(figures);
    line = describe(figures);
  } catch (error) {
    untold.push(`no master to read the writes from: ${messageOf(error)}`);
  }
  const faults = judge(story, load, found, drill);
  if (failure instanceof Unsound) faults.unshift(failure);
  if (faults.length > 0) {
    throw new Unsound(
      [...faults.map((fault) => fault.found), ...untold, line].join('; '),
      `no ${drill.mode === 'switchover' ? '' : 'confirmed '}write lost, and all whole in time`,
      [...new Set(faults.map((fault) => fault.mend))].join('; '),
    );
  }
  if (untold.length > 0) throw new Unknown([...untold, line].join('; '));
  return line;
}
