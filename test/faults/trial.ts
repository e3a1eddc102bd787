import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultEntry, formatEntry, parseHistory } from '../cluster/load/history.js';
import { judge } from '../cluster/load/judge.js';
import { resultsFolder } from '../cluster/support/environment.js';
import { nodeOf } from '../cluster/support/faults.js';
import { Load, WRITERS } from '../cluster/support/load.js';
import { sleep } from '../cluster/support/wait.js';
import { pause, slack } from './choice.js';
import { ClusterTarget } from './cluster-target.js';
import type { Fault, Promises } from './fault.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { isSecured } from './secured.js';
import type { Stage } from './stage.js';
import { brokenPromises } from './verdict.js';

/** Number of the first client that clings to the master of before the fault. */
const PINNED = 100;
const READERS = 2;
/** Load before the fault and after the recovery, in ms. */
const LEAD = 1000;
/** Beyond what is promised, in s: how late it was is worth knowing. */
const PATIENCE = 60;

/** Tries one fault on a whole topology under load, keeps the history, and judges it. */
export async function tryFault(stage: Stage, fault: Fault, order?: Outcome['order']): Promise<Outcome> {
  const { deployment, facts } = stage;
  const promises = fault.promises(facts);
  if (!promises) throw new Error(`'${fault.name}' is not promised anything about in the profile ${facts.profile}`);
  const target = await prepared(stage, fault);
  const slug = fault.name.replaceAll(' ', '-');
  const run = Date.now().toString(36);
  deployment.client = stage.clients.on(nodeOf(target.bystander));
  const load = await Load.start(deployment.client, slug, { readers: READERS, run, pause });
  const pinned = fault.pinned === false ? undefined : await startPinned(stage, target, slug, run);
  await sleep(LEAD);

  const { problem, ...times } = await suffered(stage, target, fault, promises);
  const wrong = times.whole ? await inspected(target, fault) : undefined;
  await sleep(LEAD);

  const texts = await Promise.all([load.collect(), pinned?.collect() ?? '']);
  if (fault.tidy && times.whole) await fault.tidy(await targetOf(stage));
  const window = load.clock.there(fault.name, times.from, times.to);
  const entry: FaultEntry = {
    kind: 'fault',
    ...window,
    healed: load.clock.there('', times.healed, times.healed).from,
    whole: times.whole,
    pinned: pinned ? [PINNED] : [],
    servers: stage.servers,
  };
  const history = `${facts.profile}-${facts.engine}-${slug}-${run}.jsonl`;
  const text = texts.join('') + formatEntry(entry);
  mkdirSync(join(resultsFolder(), 'histories'), { recursive: true });
  writeFileSync(join(resultsFolder(), 'histories', history), text);

  const found = judge(parseHistory(text));
  const measure = { writers: WRITERS + (pinned ? 1 : 0), maxLag: facts.maxLag, slack };
  const problems = [problem, wrong].filter((text) => text !== undefined);
  const broken = [...problems, ...brokenPromises(found, promises, measure)];
  const { profile, engine, image } = facts;
  const secured = isSecured ? true : undefined;
  return outcomeOf(found, { topology: { profile, engine, image }, pause, secured, promises, order, broken, history });
}

async function inspected(target: ClusterTarget, fault: Fault): Promise<string | undefined> {
  try {
    await fault.inspect?.(target);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function prepared(stage: Stage, fault: Fault): Promise<ClusterTarget> {
  await Promise.all([stage.agents.ready(), stage.clients.ready()]);
  await withoutBackOff(stage);
  if (fault.prepare) await fault.prepare(await targetOf(stage));
  return targetOf(stage);
}

/**
 * A kubelet lets a container that has died again and again wait ever longer (10 s, 20 s … 5 min). In a row of faults that
 * time would be a former fault's, so a pod that comes near to it is replaced first.
 */
async function withoutBackOff({ deployment }: Stage): Promise<void> {
  for (const pod of await deployment.pods()) {
    const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
    if (!statuses.some(({ restartCount }) => restartCount >= 2)) continue;
    await deployment.whole(90);
    await deployment.kubectl.run(['delete', 'pod', pod.metadata.name], { timeout: 120_000 });
  }
}

async function targetOf(stage: Stage): Promise<ClusterTarget> {
  return ClusterTarget.of(stage, (await stage.deployment.whole(90)).master);
}

/** A plain client beside the master that neither waits for replicas nor ever asks a Sentinel. */
function startPinned(stage: Stage, { master }: ClusterTarget, slug: string, run: string): Promise<Load> {
  const address = Object.entries(stage.servers).find(([, host]) => host === master.metadata.name)?.[0];
  return Load.start(stage.clients.on(nodeOf(master)), `${slug}-pinned`, {
    run,
    pinned: `${address}:6379`,
    pinnedName: master.metadata.name,
    writers: 1,
    first: PINNED,
    wait: 0,
    readers: 1,
    watched: WRITERS,
  });
}

interface Times {
  readonly from: number;
  readonly healed: number;
  readonly to: number;
  readonly whole: boolean;
  /** What went wrong beside the load. */
  readonly problem?: string;
}

/** From the fault until nothing is wrong any more. However it goes, its cause is taken away, and the load is read back. */
async function suffered(
  { deployment }: Stage,
  target: ClusterTarget,
  fault: Fault,
  promises: Promises,
): Promise<Times> {
  const from = Date.now();
  let problem: string | undefined;
  const attempt = async (step: Promise<unknown> | undefined): Promise<boolean> => {
    try {
      await step;
      return true;
    } catch (error) {
      problem ??= (error as Error).message;
      return false;
    }
  };
  await attempt(fault.inject(target));
  await attempt(fault.heal?.(target));
  const healed = Date.now();
  const whole = await attempt(deployment.whole(promises.whole + PATIENCE));
  return { from, healed, to: Date.now(), whole, problem };
}
