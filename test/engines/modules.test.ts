import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { isList } from '../../src/client/outcome.js';
import { Modules } from '../../src/rehearsal/modules.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { modulePath } from '../../src/server/owned-directives.js';
import { said, timesSaid } from './support/agent.js';
import { crashAll } from './support/all-stopped.js';
import { ALL, fill, kept, rewrite } from './support/data.js';
import { keep } from './support/keep.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { tell } from './support/users.js';
import { onVolume } from './support/volume.js';

/** Redis 8's own is not packaged; this is an older one, of Debian's package redis-redisearch. */
const MODULE = new Modules().find(modulePath('redisearch'));

const INDEX = 'shop:index';
const SHOP = { user: 'shop', password: 'shop’s own' };
const SECRET = { password: 'the topology’s', shop: SHOP.password, verification: 'its own' };
const auth = Auth.fromSecret(undefined, {
  users: [{ name: 'shop', keys: ['shop:*'], commands: ['+ft.create', '+ft.add', '+ft.search', '+ping'] }],
});

/** The documents that a server finds. */
async function found(rehearsal: Rehearsal, pod: string): Promise<string[]> {
  const search = ['FT.SEARCH', INDEX, 'hello', 'NOCONTENT', 'LIMIT', '0', '100000'];
  const outcome = await tell(rehearsal, 'server', pod, SHOP, search);
  if (outcome.kind !== 'reply' || !isList(outcome.reply)) throw new Error(`${pod}: ${JSON.stringify(outcome)}`);
  return outcome.reply.slice(1).map(String);
}

/** Those that a server does not find. */
async function lacking(rehearsal: Rehearsal, pod: string, documents: readonly string[]): Promise<string[]> {
  const there = new Set(await found(rehearsal, pod));
  return documents.filter((document) => !there.has(document));
}

it.skipIf(!MODULE)(
  'a real redisearch: its index is on all servers, and outlives a crash, a hand-over and a restart of all',
  async () => {
    const { rehearsal, master } = await wholeRehearsal(
      { modules: ['redisearch'], auth, verification: {} },
      { secret: SECRET },
    );
    expect(rehearsal.notes).toContain(`module redisearch.so is this machine's: ${MODULE}`);
    for (const pod of rehearsal.servers) {
      expect(JSON.stringify(await rehearsal.view.redis(pod, 'MODULE', 'LIST'))).toContain(`"path","${MODULE}"`);
    }
    // Whoever may run these commands may run no others of the module, nor use another's index.
    const asShop = (pod: string, ...command: string[]) => tell(rehearsal, 'server', pod, SHOP, command);
    expect(await asShop(master, 'FT.CREATE', INDEX, 'SCHEMA', 'title', 'TEXT')).toMatchObject({ reply: 'OK' });
    expect(await asShop(master, 'FT.DROP', INDEX)).toMatchObject({ kind: 'denied' });
    expect(await asShop(master, 'FT.CREATE', 'other', 'SCHEMA', 'title', 'TEXT')).toMatchObject({ kind: 'denied' });

    let writesTo = master;
    let last = 0;
    const confirmed: string[] = [];
    const onSome = async (document: string) => {
      const replicas = rehearsal.servers.filter((pod) => pod !== writesTo);
      const missing = await Promise.all(replicas.map((pod) => lacking(rehearsal, pod, [document])));
      return missing.some((documents) => documents.length === 0);
    };
    const stop = keep(async () => {
      last++;
      const document = `shop:${last}`;
      const added = await asShop(writesTo, 'FT.ADD', INDEX, document, '1.0', 'FIELDS', 'title', `hello ${last}`);
      if (added.kind !== 'reply') throw new Error(added.kind);
      while (!(await onSome(document)));
      confirmed.push(document);
    });
    const confirms = async (more: number) => {
      const enough = confirmed.length + more;
      await rehearsal.until(() => confirmed.length >= enough, 'no documents are added');
    };
    await confirms(20);
    rehearsal.killServer(master);
    writesTo = await rehearsal.masterOtherThan(master);
    expect(await lacking(rehearsal, writesTo, [...confirmed])).toEqual([]);
    await confirms(20);
    await stop();
    const second = await rehearsal.whole();

    // One that started from its file and was handed what came after, one that was promoted, and one that only copied.
    const everywhere = async () => {
      for (const pod of rehearsal.servers) {
        const isThere = async () => (await lacking(rehearsal, pod, confirmed)).length === 0;
        await rehearsal.until(isThere, `${pod} does not find every document`);
      }
    };
    await everywhere();
    await rewrite(rehearsal, second);
    await rehearsal.replacePod(second);
    const third = await rehearsal.whole();
    expect(third).not.toBe(second);
    await everywhere();

    await crashAll(rehearsal);
    rehearsal.start();
    expect(await rehearsal.whole()).toBe(third);
    await everywhere();
    for (const pod of rehearsal.servers) expect(timesSaid(rehearsal, pod, 'data-unreadable')).toBe(0);
  },
  120_000,
);

it('does not blame the files where a server ends for a module or a user’s command that it does not have, and says where to look', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  await fill(rehearsal, master);
  const [one = '', other = ''] = rehearsal.servers.filter((pod) => pod !== master);
  const faults = [
    { pod: one, line: 'loadmodule /usr/local/lib/redis/modules/none.so', says: "Can't load module from" },
    { pod: other, line: 'user shop on nopass ~* +none.search', says: 'Error loading ACL rule' },
  ];
  const configurationOf = (pod: string) => join(rehearsal.folder, pod, 'volumes/config/redis.conf');
  const sound = readFileSync(configurationOf(master), 'utf8');
  for (const { pod, line } of faults) {
    appendFileSync(configurationOf(pod), `${line}\n`);
    rehearsal.killServer(pod);
  }
  for (const { pod, says } of faults) {
    await said(rehearsal, 'put-back', [pod]);
    const container = rehearsal.container(pod, 'redis');
    const { restarts } = container;
    await rehearsal.until(() => container.restarts > restarts + 1, `${pod} is not tried again`);
    const folder = onVolume(rehearsal, pod, 'redis/appendonlydir');
    expect(readdirSync(folder)).not.toEqual([]);
    expect(existsSync(`${folder}.damaged`)).toBe(false);
    expect(timesSaid(rehearsal, pod, 'put-aside files=')).toBe(1);
    expect(container.output()).toContain(says);
    await said(rehearsal, 'error the server ended with status 1 before it was ready; the log of the redis', [pod]);
    expect(await waitsFor(rehearsal, pod)).toMatchObject({ reason: expect.stringContaining('status 1') });
  }

  for (const { pod } of faults) writeFileSync(configurationOf(pod), sound);
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, one, other)).toBe(ALL);
  for (const { pod } of faults) {
    await rehearsal.until(async () => (await waitsFor(rehearsal, pod)) === undefined, 'it still says that it ends');
  }
});

/** What `/status` says of a server that ends again and again. */
async function waitsFor({ sites }: Rehearsal, pod: string): Promise<unknown> {
  const answer = await fetch(`http://${sites.addressOf(pod)}:${sites.agentPort}/status`);
  return ((await answer.json()) as { waiting: Record<string, unknown> }).waiting.start;
}
