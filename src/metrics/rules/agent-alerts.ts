import { Series, type Watched } from '../watched.js';
import { type AlertProps, promDuration } from './alert.js';
import { Patience } from './patience.js';

/**
 * What the agents' own metrics tell. Each expression aggregates before it compares, by `namespace` and `topology` or by the
 * pod: two topologies of one Prometheus are two things, and a pod that was replaced, or read twice, is one.
 */
export function agentAlerts(watched: Watched): AlertProps[] {
  return [
    ...ofMaster(watched),
    ...ofServers(watched),
    ...ofSentinels(watched),
    ...ofCertificate(watched),
    ...ofAgents(watched),
  ];
}

const BY_TOPOLOGY = 'by (namespace, topology)';
const BY_POD = 'by (namespace, topology, pod)';

function ofMaster(watched: Watched): AlertProps[] {
  const series = new Series(watched);
  const patience = new Patience(watched);
  const masters = `sum ${BY_TOPOLOGY} (max ${BY_POD} (${series.agent('server_role', { role: 'master' })}))`;
  const { minReplicasToWrite, fence } = watched;
  const refused: AlertProps = {
    name: 'WritesRefused',
    severity: 'critical',
    expr: `max ${BY_TOPOLOGY} (${series.agent('replicas_in_step')}) < ${minReplicasToWrite}`,
    lasting: patience.ofMaster,
    summary: `refuses writes: {{ $value }} replicas are in step, and ${minReplicasToWrite} must be`,
    description:
      'The master answers writes with NOREPLICAS, since too few replicas have acknowledged lately. Bring the replicas back.',
  };
  const fenced: AlertProps = {
    name: 'Fenced',
    severity: 'critical',
    expr: `max ${BY_POD} (${series.agent('fenced')}) == 1`,
    lasting: patience.atLeast(60),
    ofPod: true,
    summary: 'is a master that is cut off, and pauses its writes',
    description:
      'A master that neither enough replicas nor a majority of the Sentinels answer pauses its writes. On their side another one is elected, if they are a majority.',
  };
  return [
    {
      name: 'NoMaster',
      severity: 'critical',
      expr: `${masters} == 0`,
      lasting: patience.ofMaster,
      summary: 'has no master',
      description: 'No server says that it is master: nothing can be written. The agents say what they wait for.',
    },
    {
      name: 'SeveralMasters',
      severity: 'critical',
      expr: `${masters} > 1`,
      lasting: patience.ofMaster,
      summary: 'has {{ $value }} masters',
      description:
        'More than one server says that it is master. The Sentinels name one of them; what clients write to another is lost when it follows.',
    },
    ...(minReplicasToWrite > 0 ? [refused] : []),
    ...(fence ? [fenced] : []),
    {
      name: 'FailedOver',
      severity: 'info',
      // A counter of each agent that is there from its start on, so the first failover counts too.
      expr: `sum ${BY_TOPOLOGY} (increase(${series.agent('failovers_total')}[${promDuration(TOLD_FOR_SECONDS)}])) > 0`,
      lasting: 0,
      summary: 'has failed over',
      description:
        'A server was promoted without a hand-over, as the master died, hung, or was cut off. It is over; find out why. A planned roll does not cause it.',
    },
  ];
}

/** For how long a failover is told of: until somebody looks, and longer than metrics may be read apart. */
const TOLD_FOR_SECONDS = 900;

function ofServers(watched: Watched): AlertProps[] {
  const series = new Series(watched);
  const patience = new Patience(watched);
  const { hasVolumes, backlog } = watched;
  const isMaster = `max ${BY_POD} (${series.agent('server_role', { role: 'master' })}) == 1`;
  const window = promDuration(patience.window);
  const rate = `max ${BY_POD} (rate(${series.agent('server_offset_bytes')}[${window}]))`;
  const room = (of: string) => `min ${BY_POD} (${series.agent(`volume_${of}_bytes`)})`;
  const filling: AlertProps = {
    name: 'VolumeFilling',
    severity: 'warning',
    expr: `${room('available')} / ${room('size')} < ${LEAST_ROOM}`,
    lasting: patience.ofTopology,
    ofPod: true,
    summary: 'has {{ $value | humanizePercentage }} of its volume left',
    description:
      'Less than 15 % of a server’s volume is left. One whose volume is full refuses writes, or ends. A rewrite of the append-only file needs room for the data once more; what it takes for minutes only is not meant.',
  };
  return [
    {
      name: 'ServerDown',
      severity: 'warning',
      expr: `max ${BY_POD} (${series.agent('server_up')}) == 0`,
      lasting: patience.ofPod,
      ofPod: true,
      summary: 'has a server that does not answer',
      description: 'The agent of the pod is there, its server is not: it does not start, loads for long, or hangs.',
    },
    {
      name: 'ReplicaOutOfSync',
      severity: 'warning',
      expr: `max ${BY_POD} (${series.agent('server_role', { role: 'replica' })}) == 1 unless max ${BY_POD} (${series.agent('server_link_up')}) == 1`,
      lasting: patience.ofPod,
      ofPod: true,
      summary: 'is a replica without a link to its master',
      description:
        'A replica without a link to its master serves old data, or none, and cannot be promoted. A full copy of much data takes long; one that begins again and again does not end.',
    },
    {
      name: 'BacklogTooSmall',
      severity: 'warning',
      // The rate of a master alone: a replica that copies everything jumps.
      expr: `(${rate} and ${isMaster}) * ${ABSENCE_SECONDS} > ${backlog}`,
      lasting: patience.ofTopology,
      ofPod: true,
      summary: `writes {{ $value | humanize1024 }}B in ${ABSENCE_SECONDS} s, more than its backlog holds`,
      description: `The master writes more in ${ABSENCE_SECONDS} s than the replication backlog holds (${Math.round(backlog / 2 ** 20)} MiB). A replica that is away for as long, as in a roll, must copy everything when it comes back.`,
    },
    ...(hasVolumes ? [filling] : []),
  ];
}

/** Of a volume: what is left when somebody should know. */
const LEAST_ROOM = 0.15;
/** For how long a replica may be away without a full copy, seconds: what replacing a pod takes. */
const ABSENCE_SECONDS = 60;

function ofSentinels(watched: Watched): AlertProps[] {
  const series = new Series(watched);
  const patience = new Patience(watched);
  const { sentinels } = watched;
  // Of the agent that sees most: one that is cut off by itself is another matter.
  const answering = `max ${BY_TOPOLOGY} (${series.agent('sentinels_answering')})`;
  const quorate = Math.floor(sentinels / 2) + 1;
  return [
    {
      name: 'NoSentinelMajority',
      severity: 'critical',
      expr: `${answering} < ${quorate}`,
      lasting: patience.ofMaster,
      summary: `has {{ $value }} Sentinels that answer; ${quorate} of ${sentinels} must`,
      description:
        'Fewer than a majority of the Sentinels answer: there is no failover, and a server that restarts waits.',
    },
    {
      name: 'SentinelsMissing',
      severity: 'warning',
      expr: `${answering} < ${sentinels}`,
      lasting: patience.ofTopology,
      summary: `has {{ $value }} Sentinels that answer, of ${sentinels}`,
      description: 'A Sentinel is away for longer than a roll takes. Fewer faults than planned are survived meanwhile.',
    },
    {
      name: 'SentinelsDisagree',
      severity: 'warning',
      expr: `max ${BY_TOPOLOGY} (${series.agent('sentinels_agreeing')}) < ${answering}`,
      lasting: patience.ofPod,
      summary: 'has Sentinels that do not name the same master',
      description:
        'The Sentinels do not name the same master, though they do within seconds of a failover. Clients that ask the wrong one are led to the wrong server.',
    },
  ];
}

function ofCertificate(watched: Watched): AlertProps[] {
  if (!watched.tls) return [];
  const series = new Series(watched);
  const patience = new Patience(watched);
  const left = `min ${BY_POD} (${series.agent('certificate_expires_timestamp_seconds')}) - time()`;
  return [
    {
      name: 'CertificateEnds',
      severity: 'warning',
      expr: `${left} < ${LEAST_VALIDITY_DAYS * 86_400}`,
      lasting: patience.ofPod,
      ofPod: true,
      summary: 'has a certificate that ends in {{ $value | humanizeDuration }}',
      description:
        'The certificate in force ends within two weeks, and nobody has renewed it. After its end clients, replicas and Sentinels cannot connect.',
    },
    {
      name: 'CertificateIgnored',
      severity: 'warning',
      expr: `max ${BY_POD} (${series.agent('certificate_ignored')}) == 1`,
      lasting: patience.ofPod,
      ofPod: true,
      summary: 'does not take its mounted certificate',
      description:
        'The certificate in the Secret is not sound, so that of before stays in force, until its end. The log of the agent says what is wrong.',
    },
  ];
}

/** Whoever renews certificates does so weeks before their end, cert-manager when a third of the time is left. */
const LEAST_VALIDITY_DAYS = 14;

function ofAgents(watched: Watched): AlertProps[] {
  const series = new Series(watched);
  const patience = new Patience(watched);
  const { pods } = watched;
  const agents = series.agent('build_info');
  const waiting = 'printf "redis_sentinel_agent_waiting{namespace=%q, pod=%q, who=%q}"';
  const reason = `{{ range query (${waiting} $labels.namespace $labels.pod $labels.who) }}{{ .Labels.reason }}{{ end }}`;
  return [
    {
      name: 'Waiting',
      severity: 'warning',
      // The metric counts by itself, whatever the reason becomes; the alert is one for all of them.
      expr: `max by (namespace, topology, pod, who) (${series.agent('waiting_seconds')}) > ${WAITS_LONG_SECONDS}`,
      lasting: 0,
      ofPod: true,
      summary: 'holds its {{ $labels.who }} back for {{ $value | humanizeDuration }}',
      description: `A server, Sentinel or agent has been held back for five minutes, and says for what: ${reason}`,
    },
    {
      name: 'AgentStalls',
      severity: 'warning',
      expr: `max ${BY_POD} (rate(${series.agent('stalled_seconds_total')}[${promDuration(patience.window)}])) > ${MOST_STALLED}`,
      lasting: patience.atLeast(600),
      ofPod: true,
      summary: 'has an agent that did not run for {{ $value | humanizePercentage }} of the time',
      description:
        'An agent did not run for a tenth of the time: its node has too few processors for what runs there, or is suspended at times. Its server lacks the same time, and failovers are late.',
    },
    {
      name: 'AgentsMissing',
      severity: 'warning',
      expr: `count ${BY_TOPOLOGY} (count ${BY_POD} (${agents})) < ${pods} or absent(${agents})`,
      lasting: patience.ofTopology,
      summary: `is not seen whole: fewer than ${pods} agents tell of it`,
      description:
        'Fewer agents are read than there are pods: one is pending, gone with its node, or ends again and again, or Prometheus does not reach it (network.metrics). No other alert tells of what is not seen.',
    },
  ];
}

/** As long as a candidate waits for a master that is away (2 min), and for its peers' start, and then some. */
const WAITS_LONG_SECONDS = 300;
/** Of the time. Less than that is a busy node's everyday. */
const MOST_STALLED = 0.1;
