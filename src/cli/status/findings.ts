import type { Address, ServerInfo } from '../../agent/program/decide/known.js';
import type { Finding, SentinelRow, ServerRow, Wait } from './judgement.js';
import type { Observation, PodSeen } from './observe.js';
import type { InfoSeen, Known, Seen, ViewSeen } from './seen.js';

// What is wrong, or could not be told, each with what to do about it.

export function* podFindings(
  pods: readonly PodSeen[],
  sets: Observation['sets'],
  waiting: readonly Wait[],
): Generator<Finding> {
  for (const { name, component, replicas } of sets) {
    const there = pods.filter((pod) => pod.component === component).length;
    if (there < replicas) {
      yield {
        kind: 'wrong',
        what: `${there} of ${replicas} pods of the StatefulSet ${name} are there`,
        mend: `kubectl describe statefulset ${name}`,
      };
    }
  }
  for (const { name, problem, silence, agent } of pods) {
    if (problem !== undefined) yield { kind: 'wrong', what: `pod ${name} ${problem}`, mend: podMend(name, problem) };
    if (agent && !agent.known && !waiting.some(({ pod }) => pod === name)) {
      yield { kind: 'unclear', what: `the agent of ${name} is starting`, mend: 'ask again in some seconds' };
    }
    if (silence !== undefined) {
      yield {
        kind: 'unclear',
        what: `the agent of ${name} does not tell: ${silence}`,
        mend: `kubectl logs ${name} -c agent`,
      };
    }
  }
}

function podMend(name: string, problem: string): string {
  if (problem.startsWith('is being stopped')) return 'wait: the StatefulSet makes it anew';
  if (problem.startsWith('has no node')) return 'add a node, or free one; or let pods share one: spread: preferred';
  if (/ImagePull|InvalidImage/.test(problem)) return 'correct the image, the registry, or pod.imagePullSecrets';
  const [, container] = /^container ([\w-]+): CrashLoop/.exec(problem) ?? [];
  return container ? `kubectl logs ${name} -c ${container} --previous` : `kubectl describe pod ${name}`;
}

export function* masterFindings(servers: readonly ServerRow[], master: ServerInfo | undefined): Generator<Finding> {
  const named = servers.filter(({ role }) => role === 'master').map(({ pod }) => pod);
  if (named.length > 1) {
    yield {
      kind: 'wrong',
      what: `${named.join(' and ')} are both master`,
      mend: 'wait: the agent of the one that the Sentinels do not name makes it a replica within seconds',
    };
  } else if (!master) {
    const isSure = servers.every(({ role }) => role !== 'unknown');
    yield {
      kind: isSure ? 'wrong' : 'unclear',
      what: isSure ? 'no server is master' : 'no server is seen to be master',
      mend: 'see what each waits for; "Manual promotion" in the runbooks is the last resort',
    };
  }
  for (const { pod, fenced } of servers) {
    if (!fenced) continue;
    yield {
      kind: 'wrong',
      what: `writes on ${pod} are paused: it is cut off from its replicas and from the Sentinels`,
      mend: 'mend the network between the pods; clients go on with the master that the others elect',
    };
  }
}

export function* sentinelFindings(
  sentinels: readonly SentinelRow[],
  views: readonly ViewSeen[],
  servers: readonly ServerRow[],
): Generator<Finding> {
  const masters = servers.filter(({ role }) => role === 'master').map(({ pod }) => pod);
  for (const [i, { pod, names, flags }] of sentinels.entries()) {
    if (names === undefined) {
      const down = views[i]?.down ?? false;
      yield {
        kind: down ? 'wrong' : 'unclear',
        what: `the Sentinel of ${pod} ${down ? 'does not answer' : 'is not heard of'}`,
        mend: `kubectl logs ${pod} -c sentinel`,
      };
    } else if (masters.length === 1 && names !== masters[0]) {
      yield {
        kind: 'wrong',
        what: `the Sentinel of ${pod} names ${names} as master, not ${masters[0]}`,
        mend: 'wait some seconds for a failover to end; if it stays so, kubectl logs of its agent',
      };
    }
    if (flags.length > 0) {
      yield {
        kind: 'wrong',
        what: `the Sentinel of ${pod} considers ${names} ${flags.map((flag) => FLAGS[flag] ?? flag).join(', ')}`,
        mend: 'wait some seconds for the failover; if there is none, see what the servers wait for',
      };
    }
  }
}

const FLAGS: Readonly<Record<string, string>> = {
  s_down: 'down',
  o_down: 'down, as a majority does',
  failover: 'to be replaced (a failover is at work)',
};

export function* replicaFindings(
  servers: readonly ServerRow[],
  infos: readonly InfoSeen[],
  master: ServerInfo | undefined,
  plan: Known['plan'],
  podOf: (address: Address, kind: 'server') => string,
): Generator<Finding> {
  const named = servers.find(({ role }) => role === 'master')?.pod;
  for (const [i, row] of servers.entries()) {
    const { pod, role } = row;
    const info = infos[i]?.info;
    if (role === 'down') {
      yield { kind: 'wrong', what: `the server of ${pod} is down`, mend: `kubectl logs ${pod} -c redis; and -c agent` };
    } else if (role === 'unknown') {
      yield { kind: 'unclear', what: `the server of ${pod} is not heard of`, mend: `kubectl describe pod ${pod}` };
    }
    if (role !== 'replica' || !info) continue;
    const follows = podOf(info.master, 'server');
    if (named !== undefined && follows !== named) {
      yield { kind: 'wrong', what: `${pod} follows ${follows}, not ${named}`, mend: `kubectl logs ${pod} -c agent` };
    } else if (row.link !== 'up') {
      const what = row.link === 'copying' ? 'is receiving a full copy' : `has no link to ${follows}`;
      yield { kind: 'wrong', what: `${pod} ${what}`, mend: 'wait for it; if it does not end: kubectl logs of both' };
    } else if (row.priority === 0) {
      yield {
        kind: 'wrong',
        what: `${pod} may not be promoted yet (priority 0)`,
        mend: 'wait some seconds: its agent allows it once its volume has a whole copy',
      };
    }
    if (plan.maxLag > 0 && row.lagMs !== undefined && row.lagMs > plan.maxLag) {
      yield {
        kind: 'wrong',
        what: `${pod} confirmed last ${row.lagMs / 1000} s ago, more than ${plan.maxLag / 1000} s`,
        mend: 'look at the network and at the load of its node',
      };
    }
  }
  const inTime = master?.replicas.filter(({ online, lagMs }) => online && lagMs <= plan.maxLag).length ?? 0;
  if (master && inTime < plan.minReplicas) {
    yield {
      kind: 'wrong',
      what: `the master refuses writes (NOREPLICAS): ${inTime} of ${plan.minReplicas} replicas confirm in time`,
      mend: 'bring the replicas back, as said of each',
    };
  }
}

export function* handOverFindings(pods: readonly PodSeen[]): Generator<Finding> {
  for (const { name, agent } of pods) {
    const { durable, handOver } = agent?.memory ?? {};
    if (handOver?.phase !== undefined && handOver.phase !== 'over') {
      yield { kind: 'wrong', what: `${name} is handing over`, mend: 'wait a second' };
    }
    if (durable?.candidate !== undefined) {
      yield {
        kind: 'wrong',
        what: `${name} stands for election without a master`,
        mend: 'bring the last master back; "Manual promotion" in the runbooks is the last resort',
      };
    }
  }
}

/** It is no state to stay in, and nobody notices it otherwise. */
export function* transitionFindings(pods: readonly PodSeen[]): Generator<Finding> {
  const found = new Map<string, string[]>();
  for (const { name, agent } of pods) {
    const stage = agent?.transition;
    if (stage !== undefined) found.set(stage, [...(found.get(stage) ?? []), name]);
  }
  for (const [stage, names] of found) {
    yield {
      kind: 'wrong',
      what: `plain text is taken beside TLS by ${names.join(', ')} (tls.transition: ${stage})`,
      mend: 'go on with "Turn TLS on or off" in the runbooks, or back',
    };
  }
}

/** Whoever renews certificates does so weeks before their end. */
const LEAST_DAYS = 14;

/** Its own pod's agent may accept it, and show it as sound; to all others it is away. */
export function* trustFindings(
  agents: readonly Seen[],
  podOf: (address: Address, kind: 'server' | 'sentinel') => string,
): Generator<Finding> {
  const plan = agents[0]?.known.plan;
  for (const kind of ['server', 'sentinel'] as const) {
    for (const address of (kind === 'server' ? plan?.servers : plan?.sentinels) ?? []) {
      const by = agents.filter(({ known }) => known[`${kind}s`][address]?.contact === 'untrusted');
      if (by.length === 0) continue;
      const whose = `the ${kind === 'server' ? 'server' : 'Sentinel'} of ${podOf(address, kind)}`;
      const who = by.map(({ pod }) => pod.name).join(', ');
      yield {
        kind: 'wrong',
        what: `${whose} and the agent${by.length > 1 ? 's' : ''} of ${who} do not accept each other's certificate`,
        mend: 'wait two minutes for a renewed one to be in use in all pods; if it stays so: "Renew the certificate" in the runbooks',
      };
    }
  }
}

/** Once for all pods of which the same is true. */
export function* certificateFindings(pods: readonly PodSeen[]): Generator<Finding> {
  const found = new Map<string, string[]>();
  const note = (text: string, pod: string) => found.set(text, [...(found.get(text) ?? []), pod]);
  for (const { name, agent } of pods) {
    const { certificate } = agent ?? {};
    if (!certificate) continue;
    const { days, expires, ignored } = certificate;
    if (days < 0) note(`has expired, on ${expires.slice(0, 10)}`, name);
    else if (days < LEAST_DAYS) note(`ends in ${days} days, on ${expires.slice(0, 10)}`, name);
    if (ignored !== undefined) note(`is the one of before, as the mounted one is not taken: ${ignored}`, name);
  }
  for (const [text, names] of found) {
    yield {
      kind: 'wrong',
      what: `the certificate of ${names.join(', ')} ${text}`,
      mend: 'renew it, or mend its Secret: "Renew the certificate" in the runbooks',
    };
  }
}
