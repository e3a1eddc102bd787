import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type EngineName, gatherBinaries, type ShellKind } from '../../../src/rehearsal/binaries.js';
import { exitOf, killSession, sessionMembers } from '../../../src/rehearsal/processes.js';

const SCRIPTS = join(import.meta.dirname, '../../../src/agent/scripts');
/** Ample for a process to start on a busy machine; a test that needs it has failed already. */
const PATIENCE_MS = 20_000;

export interface Surroundings {
  readonly shell?: ShellKind;
  readonly engine?: EngineName;
  /** A script in the place of the engine's server. */
  readonly fake?: string;
  readonly grace?: number;
}

/** The folders of one pod, with the scripts' environment; they go with the test. */
export class PodFolders {
  readonly folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  readonly run = join(this.folder, 'run');
  readonly data = join(this.folder, 'data');
  private readonly shell: string;
  private readonly env: Record<string, string>;

  constructor({ shell = 'system', engine = 'redis', fake, grace = 60 }: Surroundings = {}) {
    for (const folder of [this.run, join(this.data, 'sentinel')]) mkdirSync(folder, { recursive: true });
    const bin = join(this.folder, 'bin');
    const binaries = gatherBinaries(bin, engine, shell, process.env.PATH ?? '');
    if (fake) writeFileSync(join(bin, 'fake-server'), `#!${binaries.shell}\n${fake}`, { mode: 0o700 });
    this.shell = binaries.shell;
    this.env = {
      PATH: binaries.path,
      ENGINE: fake ? 'fake' : engine,
      RUN_DIR: this.run,
      DATA_DIR: this.data,
      GRACE: String(grace),
    };
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Runs a script of src/agent/scripts as the kubelet does. */
  start(script: 'launch.sh' | 'hand-over.sh', ...args: string[]): Running {
    const child = spawn(this.shell, [join(SCRIPTS, script), ...args], {
      env: this.env,
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Running(child);
  }

  launch(part: 'redis' | 'sentinel' = 'redis'): Running {
    return this.start('launch.sh', part);
  }

  /** A file of the memory volume; undefined where there is none. */
  file(name: string): string | undefined {
    const path = join(this.run, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  write(name: string, text = ''): void {
    writeFileSync(join(this.run, name), text);
  }

  /** The token under which the launcher waits. */
  async token(part = 'redis'): Promise<string> {
    await until(() => this.file(`${part}.waiting`) !== undefined, `no ${part}.waiting`);
    return this.file(`${part}.waiting`)?.split('\n')[0] ?? '';
  }

  order(line: string, part = 'redis'): void {
    const pipe = openSync(join(this.run, `${part}.orders`), constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(pipe, `${line}\n`);
    closeSync(pipe);
  }

  /** A configuration with which a server listens on a socket in the memory volume. */
  configure(): void {
    this.write('redis.conf', `port 0\nunixsocket ${this.socket}\ndir ${this.data}\nsave ""\n`);
  }

  /** What the server answers to PING; undefined without an answer within a second. */
  ping(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const connection = createConnection(this.socket, () => connection.write('PING\r\n'));
      const end = (answer?: string) => {
        connection.destroy();
        resolve(answer);
      };
      connection.setTimeout(1000, () => end());
      connection.once('data', (data) => end(String(data).trim()));
      connection.once('error', () => end());
    });
  }

  private get socket(): string {
    return join(this.run, 'redis.sock');
  }
}

/** A script that runs as the leader of its session, as a container's first process. */
export class Running {
  readonly exit: Promise<number>;
  output = '';

  constructor(private readonly child: ChildProcess) {
    this.exit = exitOf(child);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (this.output += data));
    onTestFinished(() => killSession(this.pid));
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** The script, and what it has started. */
  get processes() {
    return sessionMembers(this.pid);
  }

  /** The launcher is there with its reader of orders, and nothing else. */
  get waits(): boolean {
    return this.processes.map(({ program }) => program).join() === 'sh,sh';
  }

  /** The process of the engine. */
  async server(program = /-server$/): Promise<number> {
    const found = () => this.processes.find((process) => program.test(process.program));
    await until(
      () => found() !== undefined,
      () => `no server; there are ${this.processes.map((p) => p.program)}`,
    );
    return found()?.pid ?? -1;
  }

  terminate(): void {
    process.kill(this.pid, 'SIGTERM');
  }
}

export async function until(condition: () => boolean | Promise<boolean>, message: string | (() => string)) {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(typeof message === 'string' ? message : message());
    await sleep(20);
  }
}
