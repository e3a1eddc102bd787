import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../../src/client/connection.js';
import { parseInfo } from '../../../src/client/info.js';
import type { Reply } from '../../../src/client/outcome.js';
import { type AddressBlock, claimAddresses } from '../../../src/rehearsal/addresses.js';
import { own } from '../../support/own-processes.js';
import { EVENTS, type Scenario, type Seen, type Stage, TIMES } from './stage.js';

const SERVER_PORT = 6379;
const SENTINEL_PORT = 26379;
const MASTER = 'mymaster';
const WAIT_MS = 200;
const ANSWER_MS = 10_000;
const READY_MS = 30_000;
const SENTINEL_HOST = 100;

export interface Played {
  readonly seen: Seen[];
  /** How late this machine woke a timer while it was played, ms: no time can be compared more exactly. */
  readonly lateMs: number;
}

/** Plays a scenario with real engines, started directly. */
export async function playReal(scenario: Scenario, after?: (engines: Engines) => Promise<void>): Promise<Played> {
  const engines = await Engines.start(scenario);
  try {
    const lateness = new Lateness();
    const began = performance.now();
    engines.record((who, what) => seen.push({ at: performance.now() - began, who, what }));
    const seen: Seen[] = [];
    for (const { at, act } of scenario.steps) {
      await sleep(Math.max(0, began + at - performance.now()));
      act(engines);
    }
    await sleep(Math.max(0, began + scenario.lasts - performance.now()));
    await after?.(engines);
    return { seen, lateMs: lateness.end() };
  } finally {
    await engines.end();
  }
}

class Lateness {
  private worst = 0;
  private due = performance.now() + 20;
  private readonly timer = setInterval(() => {
    const now = performance.now();
    this.worst = Math.max(this.worst, now - this.due);
    this.due = now + 20;
  }, 20);

  end(): number {
    clearInterval(this.timer);
    return this.worst;
  }
}

/** Real servers and Sentinels on loopback addresses. */
export class Engines implements Stage {
  private readonly folder = mkdtempSync(join(tmpdir(), 'fidelity-'));
  private readonly processes = new Map<string, ChildProcess>();
  private readonly connections = new Map<string, Connection>();
  private readonly events: Connection[] = [];
  private tell: (who: string, what: string) => void = () => {};

  static async start(scenario: Scenario): Promise<Engines> {
    const hosts = [...Array(scenario.servers).keys()].map((index) => index + 1);
    const block = await claimAddresses(hosts, [SERVER_PORT]);
    const engines = new Engines(scenario, block);
    await engines.begin();
    return engines;
  }

  private constructor(
    private readonly scenario: Scenario,
    private readonly block: AddressBlock,
  ) {}

  record(tell: (who: string, what: string) => void): void {
    this.tell = tell;
  }

  private async begin(): Promise<void> {
    const { servers, sentinels } = this.scenario;
    for (let server = 0; server < servers; server++) this.startServer(server, server === 0 ? undefined : 0);
    await this.until(async () => {
      const info = await this.info(0);
      return [...info.values()].filter((value) => value.includes('state=online')).length === servers - 1;
    });
    for (let sentinel = 0; sentinel < sentinels; sentinel++) this.startSentinel(sentinel);
    for (let sentinel = 0; sentinel < sentinels; sentinel++) await this.meet(sentinel);
    // Their first INFO of every replica.
    await sleep(2 * TIMES.infoPeriod);
  }

  startServer(server: number, master?: number, more: readonly string[] = []): void {
    const dir = mkdtempSync(join(this.folder, `redis-${server}-`));
    this.startServerIn(server, dir, master, more);
  }

  startServerIn(server: number, dir: string, master?: number, more: readonly string[] = []): void {
    const args = [
      ...['--bind', this.address(server), '--port', `${SERVER_PORT}`, '--dir', dir, '--save', ''],
      ...['--protected-mode', 'no', '--appendonly', 'yes', '--appendfsync', 'everysec'],
      ...['--repl-diskless-sync-delay', '0', '--repl-timeout', '20', '--shutdown-timeout', '20'],
      ...['--min-replicas-to-write', '1', '--min-replicas-max-lag', `${TIMES.maxLag / 1000}`],
      ...(master === undefined ? [] : ['--replicaof', `${this.address(master)} ${SERVER_PORT}`]),
      ...more,
    ];
    this.spawn(`server ${server}`, args);
  }

  private startSentinel(sentinel: number): void {
    const file = join(this.folder, `sentinel-${sentinel}.conf`);
    const { servers, sentinels } = this.scenario;
    const lines = [
      `bind ${this.sentinelAddress(sentinel)}`,
      `port ${SENTINEL_PORT}`,
      `dir ${this.folder}`,
      'protected-mode no',
      `sentinel myid ${id(sentinel)}`,
      `sentinel announce-ip ${this.sentinelAddress(sentinel)}`,
      `sentinel monitor ${MASTER} ${this.address(0)} ${SERVER_PORT} 2`,
      `sentinel down-after-milliseconds ${MASTER} ${TIMES.downAfter}`,
      `sentinel failover-timeout ${MASTER} ${TIMES.failoverTimeout}`,
      `sentinel parallel-syncs ${MASTER} 1`,
      `sentinel config-epoch ${MASTER} 1`,
      `sentinel leader-epoch ${MASTER} 1`,
      'sentinel current-epoch 1',
    ];
    for (let server = 1; server < servers; server++) {
      lines.push(`sentinel known-replica ${MASTER} ${this.address(server)} ${SERVER_PORT}`);
    }
    for (let other = 0; other < sentinels; other++) {
      if (other === sentinel) continue;
      lines.push(`sentinel known-sentinel ${MASTER} ${this.sentinelAddress(other)} ${SENTINEL_PORT} ${id(other)}`);
    }
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.spawn(`sentinel ${sentinel}`, [file, '--sentinel']);
  }

  private async meet(sentinel: number): Promise<void> {
    const { tiltPeriod, infoPeriod, askPeriod, pingPeriod } = TIMES;
    await this.until(async () => (await this.ask(`sentinel ${sentinel}`, ['PING'])) === 'PONG');
    const periods = {
      'TILT-PERIOD': tiltPeriod,
      'INFO-PERIOD': infoPeriod,
      'ASK-PERIOD': askPeriod,
      'PING-PERIOD': pingPeriod,
    };
    const words = Object.entries(periods).flatMap(([name, ms]) => [name, `${ms}`]);
    await this.ask(`sentinel ${sentinel}`, ['SENTINEL', 'DEBUG', ...words]);
    const subscription = Connection.open(
      { host: this.sentinelAddress(sentinel), port: SENTINEL_PORT },
      { onPush: ([, channel, text]) => this.heard(sentinel, String(channel), String(text)) },
    );
    this.events.push(subscription);
    await subscription.send(['SUBSCRIBE', ...EVENTS]);
  }

  /** Only what is about the master, and what has no subject. */
  private heard(sentinel: number, event: string, text: string): void {
    if (event.endsWith('down') && !text.startsWith('master ')) return;
    this.tell(`sentinel-${sentinel}`, event);
  }

  private spawn(name: string, args: readonly string[]): void {
    this.processes.set(name, own(spawn('redis-server', args, { stdio: 'ignore' })));
  }

  private address(server: number): string {
    return this.block.address(server + 1);
  }

  private sentinelAddress(sentinel: number): string {
    return this.block.address(SENTINEL_HOST + sentinel);
  }

  async ask(name: string, command: readonly string[], timeoutMs = 5000): Promise<Reply | undefined> {
    const outcome = await this.connection(name).send(command, timeoutMs);
    if (outcome.kind === 'reply') return outcome.reply;
    return 'message' in outcome ? outcome.message : undefined;
  }

  private connection(name: string): Connection {
    const known = this.connections.get(name);
    if (known && known.state !== 'closed') return known;
    const [part, index] = name.split(' ') as [string, string];
    const endpoint =
      part === 'server'
        ? { host: this.address(Number(index)), port: SERVER_PORT }
        : { host: this.sentinelAddress(Number(index)), port: SENTINEL_PORT };
    const connection = Connection.open(endpoint);
    this.connections.set(name, connection);
    return connection;
  }

  async info(server: number): Promise<ReadonlyMap<string, string>> {
    return parseInfo(String(await this.ask(`server ${server}`, ['INFO'])));
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error('the engines are not ready');
      await sleep(20);
    }
  }

  private signal(name: string, signal: NodeJS.Signals): void {
    this.processes.get(name)?.kill(signal);
  }

  kill(server: number): void {
    this.signal(`server ${server}`, 'SIGKILL');
  }

  stop(server: number): void {
    this.signal(`server ${server}`, 'SIGSTOP');
  }

  goOn(server: number): void {
    this.signal(`server ${server}`, 'SIGCONT');
  }

  stopSentinel(sentinel: number): void {
    this.signal(`sentinel ${sentinel}`, 'SIGSTOP');
  }

  goOnSentinel(sentinel: number): void {
    this.signal(`sentinel ${sentinel}`, 'SIGCONT');
  }

  follow(server: number, master?: number): void {
    const whom = master === undefined ? ['NO', 'ONE'] : [this.address(master), `${SERVER_PORT}`];
    void this.ask(`server ${server}`, ['REPLICAOF', ...whom]);
  }

  pause(server: number, ms: number): void {
    void this.ask(`server ${server}`, ['CLIENT', 'PAUSE', `${ms}`, 'WRITE']);
  }

  askVotes(epoch: number): void {
    const words = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', this.address(0), `${SERVER_PORT}`, `${epoch}`, id(9)];
    for (let sentinel = 0; sentinel < this.scenario.sentinels; sentinel++) void this.ask(`sentinel ${sentinel}`, words);
  }

  announce(master: number, epoch: number): void {
    for (let sentinel = 0; sentinel < this.scenario.sentinels; sentinel++) {
      const sender = (sentinel + 1) % this.scenario.sentinels;
      const from = `${this.sentinelAddress(sender)},${SENTINEL_PORT},${id(sender)},${epoch}`;
      const message = `${from},${MASTER},${this.address(master)},${SERVER_PORT},${epoch}`;
      void this.ask(`sentinel ${sentinel}`, ['PUBLISH', '__sentinel__:hello', message]);
    }
  }

  write(server: number): void {
    // On a connection of its own: a WAIT holds up what comes after it.
    const connection = Connection.open({ host: this.address(server), port: SERVER_PORT });
    const written = connection.send(['SET', 'key', 'value'], ANSWER_MS);
    const confirmed = connection.send(['WAIT', '1', `${WAIT_MS}`], ANSWER_MS);
    void Promise.all([written, confirmed]).then(([set, wait]) => {
      connection.close();
      if (set.kind === 'reply' && wait.kind === 'reply') this.tell('client', `OK ${wait.reply}`);
      else if (set.kind === 'error') this.tell('client', set.message.split(' ', 1)[0] as string);
    });
  }

  async end(): Promise<void> {
    for (const connection of [...this.connections.values(), ...this.events]) connection.close();
    for (const process of this.processes.values()) {
      process.kill('SIGKILL');
      if (process.exitCode === null && process.signalCode === null)
        await new Promise((resolve) => process.once('exit', resolve));
    }
    this.block.release();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function id(sentinel: number): string {
  return `${sentinel}`.repeat(40);
}
