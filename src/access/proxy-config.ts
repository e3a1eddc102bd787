import { AGENT_PORT, MASTER_PROXY_PORT, PROXY_STATUS_PORT, READ_PROXY_PORT, REDIS_PORT } from '../kube/ports.js';

export interface ProxyConfigProps {
  /** Names of the servers; the host of each is in an environment variable (`hostVariable()`). */
  readonly servers: readonly string[];
  /** Which of the two roles clients can connect to. */
  readonly roles: readonly ProxyRole[];
  /** For how long the Sentinels wait before they consider a server down, ms. */
  readonly downAfterMs: number;
  readonly threads: number;
  /** Clients at the same time. */
  readonly clients: number;
  /** Open connections are ended so many seconds after a soft stop. */
  readonly hardStopAfter: number;
}

/** Where a client of a Service is led: to the master, or to a replica in step (to the master where there is none). */
export type ProxyRole = 'master' | 'read';

const PORTS: Record<ProxyRole, number> = { master: MASTER_PROXY_PORT, read: READ_PROXY_PORT };

/** The longest time that HAProxy can count. */
const FOR_EVER = '24d';

/** When it comes up, the connections to those that stand in for it are closed. */
const ENDS_BACKUPS = 'on-marked-up shutdown-backup-sessions';

/** For the checks of liveness and readiness, and who collects metrics. */
const STATUS_CONNECTIONS = 32;

/**
 * Between two questions to the agent of a server, ms. While all is well, the agent answers when something changes, or after a
 * quarter of a second (src/agent/program/http/held.ts); so this is how late a change can be noticed. It also is how long
 * HAProxy waits for the connection.
 */
const EVERY_MS = 100;
/** The same while it is in doubt about a server, ms. */
const IN_DOUBT_EVERY_MS = 300;
/** An agent that does not answer within it counts as a failure, ms: twice as long as it takes for it. */
const ANSWER_MS = 500;
const LEAST_FAILURES = 3;
const MOST_FAILURES = 7;
/**
 * So many of them take away a master whose agent alone is gone: six minutes and more. A kubelet that starts a container again
 * and again waits for up to five.
 */
const FAILURES_OF_LAST = 1200;
/** An agent holds a question that puts up with its silence for 4 s (held.ts), ms. */
const PATIENT_ANSWER_MS = 5000;

export function hostVariable(ordinal: number): string {
  return `SERVER_${ordinal}`;
}

/**
 * haproxy.cfg: bytes are passed on as they are, so that passwords (and TLS) are between client and server.
 *
 * Whose turn it is, the agent of each server says. A server that certainly has lost its role gets no new connection from
 * that moment on; one whose agent only does not answer is left alone for about as long as the Sentinels wait, so that an agent
 * that is restarted disturbs nobody.
 *
 * An agent may be away for longer: where it ends again and again, a kubelet lets it wait for minutes, and its server serves on.
 * So each server stands in the masters' backend twice. The second, `-last`, is whoever was master by its agent's last word,
 * however long ago; it is led to while no agent says that its server is master, and left as soon as one does.
 */
export class ProxyConfig {
  constructor(private readonly props: ProxyConfigProps) {}

  render(): string {
    const { roles } = this.props;
    const sections = [
      this.global(),
      defaults(),
      resolvers(),
      ...roles.map((role) => this.frontend(role)),
      this.masters(),
      this.lastMasters(),
      ...(roles.includes('read') ? [this.readers()] : []),
      this.status(),
    ];
    return `${sections.map((lines) => lines.join('\n  ')).join('\n\n')}\n`;
  }

  private global(): string[] {
    const { threads, clients, hardStopAfter } = this.props;
    return [
      'global',
      // Else both are computed from what the node has.
      `nbthread ${threads}`,
      `maxconn ${clients + STATUS_CONNECTIONS}`,
      // No log beside what HAProxy says on stderr of servers that come and go; else it would tell of each connection.
      `hard-stop-after ${hardStopAfter}s`,
    ];
  }

  private frontend(role: ProxyRole): string[] {
    const { roles, clients } = this.props;
    return [
      `frontend to-${role}`,
      ...binds(PORTS[role]),
      // Those beyond it wait. Were it the global one that they reach, the checks of liveness would wait too.
      `maxconn ${Math.floor(clients / roles.length)}`,
      `default_backend ${role}`,
    ];
  }

  private masters(): string[] {
    const { servers } = this.props;
    return [
      'backend master',
      // Of two last masters one may be gone, with its node: its agent did not live to say that it is no longer master.
      'option allbackups',
      ...this.checks('master'),
      ...servers.map((server, ordinal) => `server ${server} ${host(ordinal)} ${ENDS_BACKUPS}`),
      ...servers.map(
        (server, ordinal) => `server ${server}-last ${host(ordinal)} no-check track last/${server} backup`,
      ),
    ];
  }

  /** Nobody is led to this backend: it is asked for by `track`. */
  private lastMasters(): string[] {
    return [
      'backend last',
      `timeout check ${PATIENT_ANSWER_MS}ms`,
      ...this.checks('master&unsure=404', FAILURES_OF_LAST),
      ...this.props.servers.map((server, ordinal) => `server ${server} ${host(ordinal)}`),
    ];
  }

  private readers(): string[] {
    const { servers } = this.props;
    return [
      'backend read',
      'balance leastconn',
      ...this.checks('replica'),
      ...servers.map(
        // Once there is a replica again, its readers leave the master.
        (server, ordinal) => `server ${server} ${host(ordinal)} ${ENDS_BACKUPS}`,
      ),
      ...servers.map(
        (server, ordinal) => `server ${server}-as-master ${host(ordinal)} no-check track master/${server} backup`,
      ),
    ];
  }

  private checks(of: 'master' | 'master&unsure=404' | 'replica', failures = this.failures): string[] {
    return [
      `option httpchk GET /readyz?of=${of}`,
      'http-check send-state',
      'http-check disable-on-404',
      `default-server check port ${AGENT_PORT} inter ${EVERY_MS}ms fastinter ${IN_DOUBT_EVERY_MS}ms downinter ${EVERY_MS}ms fall ${failures} rise 1 on-marked-down shutdown-sessions resolvers cluster init-addr none resolve-opts allow-dup-ip`,
    ];
  }

  /**
   * How many failures in a row take a server down: as many as come together while the Sentinels wait, where its node is gone
   * (an answer that does not come, then connections that do not), and not so few that the restart of an agent would do.
   */
  private get failures(): number {
    const further = Math.round((this.props.downAfterMs - ANSWER_MS) / (IN_DOUBT_EVERY_MS + EVERY_MS));
    return Math.min(Math.max(1 + further, LEAST_FAILURES), MOST_FAILURES);
  }

  private status(): string[] {
    const backend = this.props.roles.includes('read') ? 'read' : 'master';
    const text = 'content-type text/plain string';
    return [
      'frontend status',
      'mode http',
      ...binds(PROXY_STATUS_PORT),
      `maxconn ${STATUS_CONNECTIONS}`,
      'timeout client 10s',
      'http-request use-service prometheus-exporter if { path /metrics }',
      `http-request return status 503 ${text} "no server to lead to" if { path /startedz } { nbsrv(${backend}) lt 1 }`,
      `http-request return status 200 ${text} ok if { path /livez /startedz }`,
      `http-request return status 404 ${text} "there are /livez, /startedz and /metrics"`,
    ];
  }
}

function defaults(): string[] {
  return [
    'defaults',
    'mode tcp',
    'timeout connect 1s',
    `timeout check ${ANSWER_MS}ms`,
    // A client may be silent for as long as it likes, as one that waits for messages is.
    `timeout client ${FOR_EVER}`,
    `timeout server ${FOR_EVER}`,
    // But one that is no longer there is noticed.
    ...['cli', 'srv'].flatMap((side) => [
      `option ${side}tcpka`,
      `${side}tcpka-idle 60s`,
      `${side}tcpka-intvl 10s`,
      `${side}tcpka-cnt 3`,
    ]),
    // A client is told at once, and tries again as it is used to.
    'retries 0',
  ];
}

/**
 * A Service's address stays for as long as the Service: what is known of it is never dropped, or a DNS that does not answer
 * would stop everything.
 */
function resolvers(): string[] {
  return [
    'resolvers cluster',
    'parse-resolv-conf',
    'hold valid 30s',
    ...['nx', 'timeout', 'refused', 'other', 'obsolete'].map((answer) => `hold ${answer} ${FOR_EVER}`),
  ];
}

/** The pod's own address, of whatever family it is, and the one that `kubectl port-forward` leads to. */
function binds(port: number): string[] {
  return ['POD_IP', 'LOCAL'].map((address) => `bind "\${${address}}:${port}"`);
}

function host(ordinal: number): string {
  return `"\${${hostVariable(ordinal)}}:${REDIS_PORT}"`;
}
