import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { ask } from '../../src/client/connection.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { BLOCKS, root } from '../docs/support/pages.js';
import { own } from '../support/own-processes.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** What an application adds to the snippet: it counts up, and says what became of each write. */
const APPLICATION = `
for (let n = 1; ; n++) {
  await redis.set('count', String(n)).then(() => console.log('ok', n), (error) => console.log('failed', n, error.message));
  await new Promise((resolve) => setTimeout(resolve, 20));
}
`;

const SNIPPETS = ['ioredis', 'redis'].map((name) => {
  const block = BLOCKS.find(
    ({ page, language, text }) =>
      page === 'docs/clients.md' &&
      language === 'js' &&
      text.includes(` from '${name}';`) &&
      // The one with TLS is another.
      !text.includes('REDIS_CA_FILE'),
  );
  if (!block) throw new Error(`docs/clients.md has no snippet that imports '${name}'`);
  return { name, text: block.text };
});

/** Runs the snippet as a program with the environment that `bind()` gives, and collects the numbers that were written. */
function run(
  rehearsal: Rehearsal,
  text: string,
  user?: string,
): { readonly written: number[]; readonly failed: string[] } {
  mkdirSync(join(root, 'build'), { recursive: true });
  // Inside the repository, where the packages are found.
  const folder = mkdtempSync(join(root, 'build', 'client-'));
  const { sites } = rehearsal;
  writeFileSync(join(folder, 'password'), user === undefined ? (sites.password ?? '') : (SECRET[user] ?? ''));
  writeFileSync(join(folder, 'client.mjs'), text + APPLICATION);
  const environment = {
    REDIS_SENTINELS: sites.sentinels.map((pod) => `${sites.addressOf(pod)}:${sites.sentinelPort}`).join(','),
    REDIS_MASTER_NAME: sites.masterName,
    REDIS_PASSWORD_FILE: join(folder, 'password'),
    ...(user !== undefined && { REDIS_USERNAME: user }),
  };
  const child = own(spawn(process.execPath, [join(folder, 'client.mjs')], { env: { ...process.env, ...environment } }));
  const written: number[] = [];
  const failed: string[] = [];
  child.stderr.on('data', (chunk) => failed.push(String(chunk)));
  createInterface(child.stdout).on('line', (line) => {
    const [, ok] = /^ok (\d+)$/.exec(line) ?? [];
    if (ok === undefined) failed.push(line);
    else written.push(Number(ok));
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return { written, failed };
}

/** How a master goes: its connections break, or stand and tell nothing. */
const FAULTS = [
  { fault: 'is killed', signal: 'SIGKILL' },
  { fault: 'hangs', signal: 'SIGSTOP' },
  { fault: 'is killed, as a user', signal: 'SIGKILL', user: 'counter' },
] as const;

describe.each(SNIPPETS)('the snippet of docs/clients.md for $name', ({ text }) => {
  it.each(FAULTS)(
    'writes to the next master when the first one $fault',
    async ({ signal, ...given }) => {
      const user = 'user' in given ? given.user : undefined;
      const { rehearsal, master } = user === undefined ? await wholeRehearsal() : await withUser(user);
      const { sites } = rehearsal;
      const { written, failed } = run(rehearsal, text, user);
      const hint = () => failed.slice(-5).join('\n');
      await rehearsal.until(() => written.length > 10, `nothing is written: ${hint()}`);
      rehearsal.killServer(master, signal);
      const next = await nextMaster(rehearsal, master);
      const before = written.at(-1) ?? 0;
      await rehearsal.until(() => (written.at(-1) ?? 0) > before + 10, `nothing is written any more: ${hint()}`);
      const endpoint = {
        host: sites.addressOf(next),
        port: sites.redisPort,
        user: sites.user,
        password: sites.password,
      };
      const kept = await ask(endpoint, ['GET', 'count']);
      expect(kept.kind === 'reply' ? Number(kept.reply) : hint()).toBeGreaterThan(before);
    },
    90_000,
  );
});

const SECRET: Readonly<Record<string, string>> = { password: 'a', counter: 'b', verification: 'c' };

/** With a user that may count, and nothing else. */
function withUser(name: string) {
  const auth = Auth.fromSecret(undefined, { users: [{ name, keys: ['count'] }] });
  return wholeRehearsal({ auth, verification: true }, { secret: SECRET });
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
