import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ask } from '../../../src/client/connection.js';
import type { Reply } from '../../../src/client/outcome.js';
import { own } from '../../support/own-processes.js';
import { freshAddress } from './addresses.js';
import { until } from './wait.js';

export const PORT = 6379;
export const PASSWORD = 'test-password';

/** An engine that this machine has; tests for the others are skipped by name. */
export function hasEngine(engine: string): boolean {
  try {
    execFileSync(`${engine}-server`, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface EngineServer {
  readonly host: string;
  readonly dir: string;
  readonly process: ChildProcess;
  /** The reply; fails for anything else. */
  redis(...command: string[]): Promise<Reply>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
  ended(): Promise<number | null>;
}

export interface ServerOptions {
  readonly engine?: string;
  readonly host?: string;
  readonly port?: number;
  readonly dir?: string;
  readonly password?: string;
  readonly sentinel?: boolean;
  /** A configuration file in the place of `args`. */
  readonly config?: string;
  /** Do not wait until it answers. */
  readonly atOnce?: boolean;
}

/** A real server on a loopback address of its own; it ends with the test. */
export async function startServer(options: ServerOptions = {}, ...args: string[]): Promise<EngineServer> {
  const { engine = 'redis', host = freshAddress(), port = PORT, password = PASSWORD, config } = options;
  const dir = options.dir ?? temporary();
  const usual = ['--bind', host, '--port', String(port), '--dir', dir, '--requirepass', password, '--save', ''];
  const words = config === undefined ? [...usual, ...args] : [config, ...(options.sentinel ? ['--sentinel'] : [])];
  const child = own(spawn(`${engine}-server`, words, { stdio: 'ignore', cwd: dir }));
  const end = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await end;
  });
  const once = async (command: string[]) => ask({ host, port, password }, command, 2000);
  const server: EngineServer = {
    host,
    dir,
    process: child,
    async redis(...command) {
      const outcome = await once(command);
      if (outcome.kind !== 'reply') throw new Error(`${command.join(' ')}: ${JSON.stringify(outcome)}`);
      return outcome.reply;
    },
    async kill() {
      child.kill('SIGKILL');
      await end;
    },
    ended: () => end,
  };
  // Without such a program there is nothing to wait for.
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  if (!options.atOnce) await until(async () => (await once(['PING'])).kind === 'reply', `${engine}-server answers`);
  return server;
}

/** A folder that ends with the test. */
export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
