// A topology of real servers and Sentinels for these tests, each on a loopback address of its own. Ends only processes
// that it started, by their id.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../../src/verification/program/address.js';
import type { ProgramSettings } from '../../src/verification/program/settings.js';
import { own } from '../support/own-processes.js';

export const PASSWORD = 'correct horse';
const MASTER_NAME = 'mymaster';
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26379;

/** A server or a Sentinel. */
class Daemon {
  private process: ChildProcess | undefined;

  constructor(
    readonly address: Address,
    private readonly config: string,
    private readonly isSentinel: boolean,
  ) {}

  get id(): string {
    return `${this.address.host}:${this.address.port}`;
  }

  start(): this {
    this.process = own(
      spawn('redis-server', [this.config, ...(this.isSentinel ? ['--sentinel'] : [])], { stdio: 'ignore' }),
    );
    return this;
  }

  /** redis-cli's answer; the password goes through the environment. */
  ask(...args: string[]): string {
    const { host, port } = this.address;
    const env = { ...process.env, REDISCLI_AUTH: PASSWORD };
    const command = ['-h', host, '-p', String(port), ...args];
    return execFileSync('redis-cli', command, { env, encoding: 'utf8', stdio: 'pipe', timeout: 5000 }).trim();
  }

  get running(): boolean {
    const { process } = this;
    return process !== undefined && process.exitCode === null && process.signalCode === null;
  }

  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const { process } = this;
    if (!process || !this.running) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGKILL');
    await ended;
  }
}

export class LiveTopology {
  private readonly folder = mkdtempSync(join(tmpdir(), 'verification-'));
  readonly servers: Daemon[] = [];
  readonly sentinels: Daemon[] = [];

  /**
   * @param net third number of the loopback addresses: test files run side by side
   * @param downAfter ms; long, so that faults stay as they are made and no failover mends them
   * @param sentinels how many; as many as servers where it is not said
   */
  static async start(net: number, count = 3, downAfter = 30_000, sentinels = count): Promise<LiveTopology> {
    const topology = new LiveTopology(net, downAfter);
    for (let i = 0; i < count; i++) topology.addServer();
    for (let i = 0; i < sentinels; i++) topology.addSentinel(topology.master, sentinels);
    return topology;
  }

  private constructor(
    private readonly net: number,
    private readonly downAfter: number,
  ) {}

  /** The one the topology was started with. */
  get master(): Daemon {
    return this.servers[0] as Daemon;
  }

  get settings(): ProgramSettings {
    return {
      mode: 'verify',
      topology: 'cache',
      masterName: MASTER_NAME,
      sentinels: this.sentinels.map(({ address }) => address),
      servers: this.servers.length,
      quorum: 2,
      minReplicas: 1,
      maxLagSeconds: 3,
      password: PASSWORD,
      sentinelPassword: PASSWORD,
      readyTimeoutSeconds: 30,
    };
  }

  /** Follows the first server, unless it is the first or is to be a master of its own. */
  addServer({ alone = false } = {}): Daemon {
    const follows = alone ? undefined : this.servers[0];
    const address = { host: `127.77.${this.net}.${this.servers.length + 1}`, port: REDIS_PORT };
    const daemon = this.daemon(address, false, [
      ...(follows ? [`replicaof ${follows.address.host} ${follows.address.port}`] : []),
      `requirepass "${PASSWORD}"`,
      `masterauth "${PASSWORD}"`,
      `replica-announce-ip ${address.host}`,
      'min-replicas-to-write 1',
      'min-replicas-max-lag 3',
      'repl-diskless-sync-delay 0',
      'save ""',
    ]);
    this.servers.push(daemon);
    return daemon;
  }

  addSentinel(master: Daemon, count = this.servers.length): Daemon {
    const number = this.sentinels.length + 1;
    const address = { host: `127.77.${this.net}.${number}`, port: SENTINEL_PORT };
    const id = (n: number) => String(n).padStart(40, String(this.net % 10));
    const others = Array.from({ length: count }, (_, i) => i + 1).filter((n) => n !== number);
    const replicas = this.servers.filter((server) => server !== master);
    const daemon = this.daemon(address, true, [
      `requirepass "${PASSWORD}"`,
      `sentinel sentinel-pass "${PASSWORD}"`,
      `sentinel myid ${id(number)}`,
      `sentinel announce-ip ${address.host}`,
      `sentinel monitor ${MASTER_NAME} ${master.address.host} ${master.address.port} 2`,
      `sentinel auth-pass ${MASTER_NAME} "${PASSWORD}"`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${this.downAfter}`,
      ...others.map((n) => `sentinel known-sentinel ${MASTER_NAME} 127.77.${this.net}.${n} ${SENTINEL_PORT} ${id(n)}`),
      ...replicas.map((one) => `sentinel known-replica ${MASTER_NAME} ${one.address.host} ${one.address.port}`),
    ]);
    this.sentinels.push(daemon);
    return daemon;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers, ...this.sentinels].map((daemon) => daemon.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private daemon(address: Address, isSentinel: boolean, lines: string[]): Daemon {
    const config = join(this.folder, `${isSentinel ? 'sentinel' : 'redis'}-${address.host}.conf`);
    const common = [`bind ${address.host}`, `port ${address.port}`, `dir ${this.folder}`, 'protected-mode no'];
    writeFileSync(config, `${[...common, ...lines].join('\n')}\n`);
    return new Daemon(address, config, isSentinel).start();
  }
}

/** Waits for a condition, 15 s at most. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(100)) {
    try {
      if (condition()) return;
    } catch {
      // Nobody answers yet.
    }
  }
  throw new Error(`not within 15 s: ${what}`);
}
