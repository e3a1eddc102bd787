import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';
import { ask } from '../../../src/client/connection.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import { BLOCKS, root } from '../../docs/support/pages.js';
import { own } from '../../support/own-processes.js';

/** A program that sets the key `count` to 1, 2, 3, … for ever, and prints `ok N` for what was written, any other line for the rest. */
export interface Counting {
  /** Files of its folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Run in that folder. */
  readonly command: readonly [string, ...string[]];
}

/** What `bind()` tells an application. */
export interface Told {
  /** `host:port` of each. */
  readonly sentinels: readonly string[];
  readonly masterName: string;
  readonly password: string;
  /** Its name, where there are users. */
  readonly user?: string;
  /** Whom it trusts, where there is TLS, in PEM. */
  readonly authorities?: string;
}

/** The content of each Secret key, where the topology has users. */
export const SECRET: Readonly<Record<string, string>> = { password: 'a', counter: 'b', verification: 'c' };

/** The snippet of docs/clients.md in that language. */
export function snippetOf(language: string, isIt: (text: string) => boolean): string {
  const block = BLOCKS.find((one) => one.page === 'docs/clients.md' && one.language === language && isIt(one.text));
  if (!block) throw new Error(`docs/clients.md has no such snippet in ${language}`);
  return block.text;
}

/** A program that runs with the environment that `bind()` gives. */
export class Application {
  /** The numbers that were written. */
  readonly written: number[] = [];
  /** All else that it said. */
  readonly failed: string[] = [];

  /** A client of a rehearsal. @param user its name, where the topology has users */
  static of({ sites }: Rehearsal, counting: Counting, user?: string): Application {
    const password = (user === undefined ? sites.password : SECRET[user]) ?? '';
    const sentinels = sites.sentinels.map((pod) => `${sites.addressOf(pod)}:${sites.sentinelPort}`);
    const authorities = sites.tls && String(sites.tls.ca);
    return Application.start({ sentinels, masterName: sites.masterName, password, user, authorities }, counting);
  }

  /** It ends with the test. */
  static start(told: Told, counting: Counting): Application {
    const application = new Application();
    mkdirSync(join(root, 'build'), { recursive: true });
    // Inside the repository, where the packages for Node are found.
    const folder = mkdtempSync(join(root, 'build', 'client-'));
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const { user, authorities } = told;
    const environment = {
      REDIS_SENTINELS: told.sentinels.join(','),
      REDIS_MASTER_NAME: told.masterName,
      REDIS_PASSWORD_FILE: write('password', told.password),
      ...(user !== undefined && { REDIS_USERNAME: user }),
      ...(authorities !== undefined && { REDIS_TLS: 'true', REDIS_CA_FILE: write('ca.crt', authorities) }),
    };
    for (const [name, text] of Object.entries(counting.files)) write(name, text);
    const [program, ...words] = counting.command;
    const child = own(spawn(program, words, { cwd: folder, env: { ...process.env, ...environment } }));
    child.stderr.on('data', (chunk) => application.failed.push(String(chunk)));
    createInterface(child.stdout).on('line', (line) => {
      const [, ok] = /^ok (\d+)$/.exec(line) ?? [];
      if (ok === undefined) application.failed.push(line);
      else application.written.push(Number(ok));
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    return application;
  }

  /** It writes now, and goes on with the next master once the first one has gone: those writes are there. */
  async survives(rehearsal: Rehearsal, master: string, signal: NodeJS.Signals): Promise<void> {
    const { next, before } = await this.goesOn(rehearsal, master, signal);
    const { sites } = rehearsal;
    const { user, password, tls, redisPort: port } = sites;
    const kept = await ask({ host: sites.addressOf(next), port, user, password, tls }, ['GET', 'count']);
    expect(kept.kind === 'reply' ? Number(kept.reply) : this.failed.slice(-5).join('\n')).toBeGreaterThan(before);
  }

  /** The same, whatever it is that it counts. @returns the next master's pod, and the last number before it */
  async goesOn(rehearsal: Rehearsal, master: string, signal: NodeJS.Signals) {
    const { written, failed } = this;
    const hint = () => failed.slice(-5).join('\n');
    await rehearsal.until(
      () => written.length > 10,
      () => `nothing is written: ${hint()}`,
    );
    rehearsal.killServer(master, signal);
    const next = await nextMaster(rehearsal, master);
    const before = written.at(-1) ?? 0;
    await rehearsal.until(
      () => (written.at(-1) ?? 0) > before + 10,
      () => `nothing is written any more: ${hint()}`,
    );
    return { next, before };
  }
}

/** The server that is master once the others have a new one. */
async function nextMaster(rehearsal: Rehearsal, old: string): Promise<string> {
  const others = rehearsal.servers.filter((pod) => pod !== old);
  let next: string | undefined;
  const isThere = async () => {
    const roles = await Promise.all(others.map((pod) => rehearsal.view.role(pod)));
    next = others[roles.indexOf('master')];
    return next !== undefined;
  };
  await rehearsal.until(isThere, `none of ${others.join(', ')} becomes master`);
  return next as string;
}
