import type { Clock } from '../clock.js';
import type { Decision } from '../decide/agent.js';
import type { Known, ServerInfo } from '../decide/known.js';
import type { Memory } from '../decide/memory.js';
import { freshInfo, namedMaster, own } from '../decide/views.js';
import type { Room } from '../know/room.js';
import type { WaitingFor } from '../log.js';
import type { CertificateStatus } from '../renewal.js';
import type { Tally } from '../tally.js';
import { family, flag, page, type Sample, single } from './exposition.js';

export interface MetricsInput {
  readonly known: Known;
  readonly memory: Memory;
  readonly decision: Decision | undefined;
  readonly tally: Tally;
  readonly clock: Clock;
  /** Undefined: there is no TLS. */
  readonly certificate?: CertificateStatus;
  /** What the agent itself waits for: names, a password, a volume. */
  readonly waiting: ReadonlyMap<string, WaitingFor>;
  /** On the server's volume; undefined: there is none, or it is not known yet. */
  readonly room: Room | undefined;
  readonly now: number;
}

const FRESH_MS = 5000;
/** A replica that has not acknowledged for longer is not in step, where the topology names no `maxLag`; Redis' own default. */
const USUAL_LAG_MS = 10_000;

/** In Prometheus' text format. */
export function metrics(input: MetricsInput): string {
  const { known, memory, tally, clock, certificate, now } = input;
  const named = namedMaster(known, now - FRESH_MS);
  return page([
    buildInfo(),
    ...(known.plan.hasServer ? ofServer(input) : []),
    family('sentinels_answering', 'gauge', 'Sentinels that have told who is master within five seconds.', [
      [{}, named.answered],
    ]),
    family('sentinels_agreeing', 'gauge', 'Sentinels that name the same master, of the newest configuration.', [
      [{}, named.master === undefined ? 0 : named.votes],
    ]),
    family('config_epoch', 'gauge', 'The newest configuration epoch that a Sentinel tells.', [
      [{}, Math.max(0, named.epoch)],
    ]),
    ...ofWaiting(waitingSamples(input)),
    family(
      'last_hand_over_seconds',
      'gauge',
      'For how long writes stood still in the last hand-over.',
      seconds(memory.handOver.lastMs),
    ),
    family('failovers_total', 'counter', 'Failovers that this agent carried out, or told to all.', [
      [{}, tally.failovers],
    ]),
    family(
      'last_failover_timestamp_seconds',
      'gauge',
      'When that was last, and why.',
      tally.lastFailover ? [[{ reason: tally.lastFailover.reason }, tally.lastFailover.at / 1000]] : [],
    ),
    family(
      'last_failover_seconds',
      'gauge',
      'From the end of the server to the promotion of another, last time.',
      seconds(memory.crash.lastMs),
    ),
    family('stalls_total', 'counter', 'How often the agent itself did not run when it was to.', [[{}, clock.stalls]]),
    family('stalled_seconds_total', 'counter', 'For how long it did not; that is left out of every silence.', [
      [{}, clock.stalledMs / 1000],
    ]),
    family('longest_stall_seconds', 'gauge', 'The longest of these times.', [[{}, clock.longestStallMs / 1000]]),
    family('decisions_total', 'counter', 'Decisions said in the log, by their first word.', [
      ...[...tally.decisions].map(([decision, count]): Sample => [{ decision }, count]),
    ]),
    family(
      'certificate_expires_timestamp_seconds',
      'gauge',
      'When the certificate in force ends, in seconds since 1970.',
      certificate ? [[{}, Date.parse(certificate.expires) / 1000]] : [],
    ),
    family(
      'certificate_ignored',
      'gauge',
      'Whether the mounted certificate is not taken, as it is not sound.',
      certificate ? [[{}, flag(certificate.ignored !== undefined)]] : [],
    ),
    family('resident_memory_bytes', 'gauge', 'Memory of the agent.', [[{}, process.memoryUsage.rss()]]),
  ]);
}

/** The same of an agent that has not begun: it waits for names, or for a password. */
export function metricsBefore(waiting: ReadonlyMap<string, WaitingFor>, now: number): string {
  return page([buildInfo(), ...ofWaiting([...waiting].map(waitingSample(now)))]);
}

function buildInfo(): string {
  return family('build_info', 'gauge', 'The agent and the program that runs it.', [[{ node: process.version }, 1]]);
}

function ofServer({ known, memory, tally, room, now }: MetricsInput): string[] {
  const info = freshInfo(own(known), now - FRESH_MS);
  return [
    family('server_up', 'gauge', 'Whether the server of this pod answers.', [[{}, flag(info !== undefined)]]),
    family('server_role', 'gauge', 'The role of the server of this pod: 1 for the one that it has.', [
      [{ role: 'master' }, flag(info?.role === 'master')],
      [{ role: 'replica' }, flag(info?.role === 'replica')],
    ]),
    family(
      'server_master_since_timestamp_seconds',
      'gauge',
      'Since when the server of this pod is master, as far as this agent has seen.',
      seconds(tally.masterSince),
    ),
    family('server_link_up', 'gauge', 'Whether the replica is linked to its master.', [
      [{}, flag(info?.role === 'replica' && info.linkUp)],
    ]),
    family('server_offset_bytes', 'gauge', 'The replication offset of the server.', single(info?.offset)),
    ...ofReplicas(known, info),
    family('server_silences_total', 'counter', 'How often the server did not answer for half a second.', [
      [{}, tally.silences],
    ]),
    family('server_longest_silence_seconds', 'gauge', 'The longest time for which it did not answer.', [
      [{}, tally.longestSilenceMs / 1000],
    ]),
    family('fenced', 'gauge', 'Whether writes are paused since the master is cut off.', [
      [{}, flag(memory.durable.fenced)],
    ]),
    family('volume_size_bytes', 'gauge', 'Size of the volume with the data.', single(room?.size)),
    family('volume_available_bytes', 'gauge', 'What is left on it.', single(room?.available)),
  ];
}

/** What a master knows of its replicas, by the ordinals of their pods. */
function ofReplicas({ plan }: Known, info: ServerInfo | undefined): string[] {
  if (info?.role !== 'master') return [];
  const { offset, replicas } = info;
  const ofEach = (value: (replica: ServerInfo['replicas'][number]) => number) =>
    replicas.map((each): Sample => [{ ordinal: String(plan.servers.indexOf(each.address)) }, value(each)]);
  const inStep = replicas.filter(({ online, lagMs }) => online && lagMs <= (plan.maxLag || USUAL_LAG_MS));
  return [
    family('replicas_in_step', 'gauge', 'Replicas whose last acknowledgement is young enough to count.', [
      [{}, inStep.length],
    ]),
    family(
      'replica_lag_seconds',
      'gauge',
      'Since when a replica has not acknowledged.',
      ofEach(({ lagMs }) => lagMs / 1000),
    ),
    family(
      'replica_behind_bytes',
      'gauge',
      'What a replica has not acknowledged of the replication stream.',
      ofEach((each) => Math.max(0, offset - each.offset)),
    ),
  ];
}

function ofWaiting(samples: readonly Sample[]): string[] {
  return [
    family(
      'waiting',
      'gauge',
      'What of this pod waits, and for what: 1 for each.',
      samples.map(([labels]) => [labels, 1]),
    ),
    family('waiting_seconds', 'gauge', 'For how long it has waited, for this reason or one before it.', samples),
  ];
}

function waitingSamples({ decision, waiting, now }: MetricsInput): Sample[] {
  const all: [string, WaitingFor][] = [...waiting];
  if (decision?.waiting) all.push(['server', decision.waiting]);
  return all.map(waitingSample(now));
}

function waitingSample(now: number) {
  return ([who, { reason, since }]: readonly [string, WaitingFor]): Sample => [
    { who, reason },
    Math.max(0, now - since) / 1000,
  ];
}

function seconds(ms: number | undefined): Sample[] {
  return single(ms === undefined ? undefined : ms / 1000);
}
