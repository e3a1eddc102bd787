import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import program from 'program:agent/program/main.ts';
import { onTestFinished } from 'vitest';
import handOver from '../../../src/agent/scripts/hand-over.sh';
import launch from '../../../src/agent/scripts/launch.sh';
import { ask, type Endpoint } from '../../../src/client/connection.js';
import { parseInfo } from '../../../src/client/info.js';
import { freshAddress } from './addresses.js';
import { PASSWORD, temporary } from './engine.js';
import { sleep, until } from './wait.js';

const REDIS_CONF = `protected-mode no
databases 17
save ""
appendonly yes
appendfsync everysec
aof-use-rdb-preamble yes
repl-diskless-sync yes
repl-diskless-sync-delay 0
min-replicas-to-write 0
`;

const SENTINEL_CONF = `protected-mode no
sentinel down-after-milliseconds mymaster 3000
sentinel failover-timeout mymaster 10000
sentinel parallel-syncs mymaster 1
sentinel resolve-hostnames no
sentinel deny-scripts-reconfig yes
`;

export interface PodsOptions {
  readonly count?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly redisConf?: string;
  /** What the Secret holds; null: there is none. */
  readonly secret?: string | null;
}

/** A few pods without Kubernetes: the agent's bundle, launch.sh and real engines, each pod on a loopback address. */
export function makePods(options: PodsOptions = {}): Pod[] {
  const { count = 3 } = options;
  const folder = temporary();
  const config = join(folder, 'config');
  mkdirSync(config);
  writeFileSync(join(config, 'agent.cjs'), program);
  writeFileSync(join(config, 'launch.sh'), launch);
  writeFileSync(join(config, 'hand-over.sh'), handOver);
  writeFileSync(join(config, 'redis.conf'), options.redisConf ?? REDIS_CONF);
  writeFileSync(join(config, 'sentinel.conf'), SENTINEL_CONF);
  const addresses = Array.from({ length: count }, freshAddress);
  return addresses.map(
    (address, ordinal) => new Pod(join(folder, `cache-${ordinal}`), config, ordinal, address, addresses, options),
  );
}

export class Pod {
  readonly env: NodeJS.ProcessEnv;
  readonly agent: Program;
  readonly redis: Program;
  readonly sentinel: Program;

  constructor(
    readonly folder: string,
    config: string,
    ordinal: number,
    readonly address: string,
    addresses: readonly string[],
    { env = {}, secret = PASSWORD }: PodsOptions,
  ) {
    for (const part of ['run', 'data', 'auth']) mkdirSync(join(folder, part), { recursive: true });
    this.env = {
      PATH: process.env.PATH,
      NAMESPACE: 'test',
      POD_NAME: `cache-${ordinal}`,
      TOPOLOGY: 'cache',
      MASTER_NAME: 'mymaster',
      ENGINE: 'redis',
      PARTS: 'server sentinel',
      REDIS_PORT: '6379',
      SENTINEL_PORT: '26379',
      AGENT_PORT: '8379',
      BIND: address,
      LOCAL: address,
      SERVERS: addresses.join(' '),
      SENTINELS: addresses.join(' '),
      QUORUM: String(Math.floor(addresses.length / 2) + 1),
      DOWN_AFTER_MS: '3000',
      FAILOVER_TIMEOUT_MS: '10000',
      SENTINEL_DEBUG: 'TILT-PERIOD 5000 INFO-PERIOD 1000 ASK-PERIOD 500 PING-PERIOD 500',
      WHEN_EMPTY: 'stay-down',
      WHEN_EMPTY_AFTER: '30',
      WHEN_ABANDONED: 'promote-if-certain',
      WHEN_ABANDONED_AFTER: '5',
      PERSISTENT: 'yes',
      MIN_REPLICAS: '1',
      MAX_LAG: '2',
      FENCE: 'yes',
      GRACE: '60',
      PASSWORD_FILE: join(folder, 'auth', 'password'),
      CONFIG_DIR: config,
      DATA_DIR: join(folder, 'data'),
      RUN_DIR: join(folder, 'run'),
      ...env,
    };
    this.agent = new Program(this, 'agent', [process.execPath, join(config, 'agent.cjs')]);
    this.redis = new Program(this, 'redis', ['sh', join(config, 'launch.sh'), 'redis']);
    this.sentinel = new Program(this, 'sentinel', ['sh', join(config, 'launch.sh'), 'sentinel']);
    if (secret !== null) this.secret(secret);
  }

  get runDir(): string {
    return this.env.RUN_DIR as string;
  }

  get dataDir(): string {
    return this.env.DATA_DIR as string;
  }

  secret(text: string): void {
    writeFileSync(this.env.PASSWORD_FILE as string, text);
  }

  start(): void {
    this.agent.start();
    this.sentinel.start();
    this.redis.start();
  }

  /** What the agent has said. */
  log(): string {
    return this.agent.log();
  }

  async said(words: string, limitMs?: number): Promise<void> {
    await until(() => this.log().includes(words), `agent of ${this.address} says '${words}'`, limitMs).catch(
      (error: Error) => {
        throw new Error(`${error.message}; it said:\n${this.log()}`);
      },
    );
  }

  get server(): Endpoint {
    return { host: this.address, port: 6379, password: PASSWORD };
  }

  async info(): Promise<ReadonlyMap<string, string>> {
    const outcome = await ask(this.server, ['INFO']);
    return parseInfo(outcome.kind === 'reply' ? String(outcome.reply) : '');
  }

  async role(): Promise<string> {
    return (await this.info()).get('role') ?? 'down';
  }

  /** The process of the engine itself. */
  pid(part: 'redis' | 'sentinel'): number {
    const parent = this[part].pid;
    return Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ')[0]);
  }
}

/** A container's program, started again when it ends, as a kubelet does. */
export class Program {
  private child?: ChildProcess;
  private stopped = false;
  private readonly logFile: string;
  starts = 0;

  constructor(
    private readonly pod: Pod,
    name: string,
    private readonly command: readonly string[],
  ) {
    this.logFile = join(pod.folder, `${name}.log`);
  }

  get pid(): number {
    return this.child?.pid as number;
  }

  start(): void {
    this.stopped = false;
    this.starts++;
    const [program = '', ...args] = this.command;
    const child = spawn(program, args, { env: this.pod.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => appendFileSync(this.logFile, data));
    child.once('exit', () => {
      if (!this.stopped) setTimeout(() => this.stopped || this.start(), 300);
    });
    onTestFinished(() => this.kill());
  }

  /** SIGKILL to all of the container; it is not started again. */
  async kill(): Promise<void> {
    this.stopped = true;
    await this.end('SIGKILL');
  }

  /** Ends it for the moment. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has just ended.
    }
    await Promise.race([ended, sleep(5000)]);
  }

  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }
}
