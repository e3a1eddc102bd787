import type { Address, MasterView, Plan, ServerInfo } from '../../agent/program/decide/known.js';
import {
  certificateFindings,
  handOverFindings,
  masterFindings,
  podFindings,
  replicaFindings,
  sentinelFindings,
  transitionFindings,
  trustFindings,
} from './findings.js';
import type { Finding, Judgement, SentinelRow, ServerRow, Wait } from './judgement.js';
import type { Observation, PodSeen } from './observe.js';
import { passwordFindings, passwordRows } from './passwords.js';
import { type InfoSeen, infoOf, NOTHING, type Seen, viewOf } from './seen.js';

/** What is seen of a topology, and what is wrong with it: no I/O, no clock. */
export function judge(observation: Observation): Judgement {
  const { topology, pods, sets } = observation;
  const agents = inOneForm(pods.flatMap((pod): Seen[] => (pod.agent?.known ? [{ pod, known: pod.agent.known }] : [])));
  const plan = agents[0]?.known.plan;
  const podOf = podNames(topology, observation, agents);
  const views = (plan?.sentinels ?? []).map((address) => viewOf(address, agents));
  const infos = (plan?.servers ?? []).map((address) => infoOf(address, agents));
  const master = onlyMaster(infos);
  const servers = (plan?.servers ?? []).map((address, i) =>
    serverRow(podOf(address, 'server'), infos[i] ?? NOTHING, master, address, pods),
  );
  const sentinels = (plan?.sentinels ?? []).map((address, i): SentinelRow => {
    const view = views[i]?.view;
    const pod = podOf(address, 'sentinel');
    return view
      ? { pod, names: podOf(view.master, 'server'), epoch: view.epoch, flags: flagsOf(view) }
      : { pod, flags: [] };
  });
  const waiting = pods.flatMap(waitsOf);
  const passwords = passwordRows(pods);
  const findings = [
    ...podFindings(pods, sets, waiting),
    ...(plan ? masterFindings(servers, master) : []),
    ...sentinelFindings(sentinels, views, servers),
    ...(plan ? replicaFindings(servers, infos, master, plan, podOf) : []),
    ...handOverFindings(pods),
    ...certificateFindings(pods),
    ...trustFindings(agents, podOf),
    ...transitionFindings(pods),
    ...passwordFindings(passwords),
    ...waiting.map(
      ({ pod, who, reason, seconds }): Finding => ({
        kind: 'wrong',
        what: `the ${who} of ${pod} ${seconds === undefined ? 'waits' : `has waited for ${seconds} s`}: ${reason}`,
        mend: 'see "What is it waiting for?" in the runbooks; a person is asked only where the reason says so',
      }),
    ),
  ];
  const has = (kind: Finding['kind']) => findings.some((finding) => finding.kind === kind);
  const verdict = has('wrong') ? 'unsound' : has('unclear') || agents.length === 0 ? 'unknown' : 'sound';
  const named = servers.filter(({ role }) => role === 'master');
  return {
    topology,
    verdict,
    master: named.length === 1 ? named[0]?.pod : undefined,
    ...certificateOf(pods),
    servers,
    sentinels,
    waiting,
    passwords,
    findings,
  };
}

/** While TLS is turned on or off, some agents call the members by address and some by name: all are given the first one's way. */
function inOneForm(agents: readonly Seen[]): Seen[] {
  const first = agents[0]?.known.plan;
  const all = ({ servers, sentinels }: Pick<Plan, 'servers' | 'sentinels'>) => [...servers, ...sentinels];
  return agents.map(({ pod, known }) => {
    if (!first || all(known.plan).join() === all(first).join()) return { pod, known };
    const ours = new Map(all(known.plan).map((address, place) => [address, all(first)[place] ?? address]));
    return { pod, known: renamed(known, ours) };
  });
}

/** The same, with other words for some of its keys and texts. */
function renamed<T>(value: T, words: ReadonlyMap<string, string>): T {
  const word = (text: string) => words.get(text) ?? text;
  if (typeof value === 'string') return word(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, words)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [word(key), renamed(one, words)])) as T;
}

/** That of the pod which ends first. */
function certificateOf(pods: readonly PodSeen[]): Pick<Judgement, 'certificateExpires'> {
  const [certificateExpires] = pods.flatMap(({ agent }) => agent?.certificate?.expires ?? []).sort();
  return certificateExpires === undefined ? {} : { certificateExpires };
}

/** Names of pods by address; both are in the order of their ordinals. */
function podNames(topology: string, { sets }: Observation, agents: readonly Seen[]) {
  const plan = agents[0]?.known.plan;
  const separate = sets.some(({ component }) => component === 'sentinel');
  return (address: Address, kind: 'server' | 'sentinel'): string => {
    const list = kind === 'server' ? plan?.servers : plan?.sentinels;
    const ordinal = list?.indexOf(address) ?? -1;
    if (ordinal < 0) return address === '' ? 'nobody' : address;
    return `${topology}${kind === 'sentinel' && separate ? '-sentinel' : ''}-${ordinal}`;
  };
}

function flagsOf({ subjectivelyDown, objectivelyDown, failoverInProgress }: MasterView): string[] {
  return [
    ...(subjectivelyDown ? ['s_down'] : []),
    ...(objectivelyDown ? ['o_down'] : []),
    ...(failoverInProgress ? ['failover'] : []),
  ];
}

function onlyMaster(infos: readonly InfoSeen[]): ServerInfo | undefined {
  const masters = infos.filter(({ info }) => info?.role === 'master');
  return masters.length === 1 ? masters[0]?.info : undefined;
}

function serverRow(
  pod: string,
  { info, down }: InfoSeen,
  master: ServerInfo | undefined,
  address: Address,
  pods: readonly PodSeen[],
): ServerRow {
  const seen = pods.find(({ name }) => name === pod);
  const fenced = seen?.agent?.memory?.durable.fenced ?? false;
  const base = { pod, node: seen?.node, fenced };
  if (!info) return { ...base, role: down ? 'down' : 'unknown' };
  if (info.role === 'master') return { ...base, role: 'master', offset: info.offset };
  const lag = master?.replicas.find((replica) => replica.address === address);
  return {
    ...base,
    role: 'replica',
    offset: info.offset,
    behind: master && Math.max(0, master.offset - info.offset),
    lagMs: lag?.lagMs,
    link: info.syncing || info.loading ? 'copying' : info.linkUp ? 'up' : 'down',
    priority: info.priority,
  };
}

function waitsOf({ name, agent }: PodSeen): Wait[] {
  if (!agent) return [];
  const { waiting, known } = agent;
  return Object.entries(waiting).flatMap(([part, wait]): Wait[] => {
    if (!wait) return [];
    // What a decision waits for; of a pod without a server it is the Sentinel's.
    const decided = part === 'server';
    const who = decided && known?.plan.hasServer === false ? 'sentinel' : part;
    if (!known) return [{ pod: name, who, reason: wait.reason }];
    // The decisions' clock stands still while the agent does; that of the rest does not.
    const since = (decided ? known.now : known.realNow) - wait.since;
    return [{ pod: name, who, reason: wait.reason, seconds: Math.max(0, Math.round(since / 1000)) }];
  });
}
