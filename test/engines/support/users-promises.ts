import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isList } from '../../../src/client/outcome.js';
import { derivedPassword } from '../../../src/client/own-users.js';
import { fieldsOf } from '../../../src/client/sentinel.js';
import type { Engine } from '../../../src/engine/engine.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import { Profile } from '../../../src/topology/profile.js';
import { said } from './agent.js';
import { roll } from './passwords.js';
import { acknowledged, epochOf, reigns } from './reigns.js';
import { admitting, loginOf, SECRET, SHOP, startWithUsers, TOPOLOGY, tell } from './users.js';
import { REFUSED_BY_SENTINELS, REFUSED_BY_SERVERS } from './users-refused.js';

const asShop = (password = SHOP) => ({ user: 'shop', password, keys: 'shop:' });

/** What a topology with users promises, on that engine. */
export function promises(engine: Engine, skip = false): void {
  it.skipIf(skip)(
    'each user may do its work and no more; crashes, hangs, hand-overs and a drill end as without users',
    async () => {
      const { rehearsal, master } = await startWithUsers({ engine, profile: Profile.STRICT });
      expect(await refusals(rehearsal, master)).toEqual([]);
      expect(await tell(rehearsal, 'server', master, loginOf('shop'), ['SET', 'shop:a', '1'])).toMatchObject({
        reply: 'OK',
      });
      expect(await tell(rehearsal, 'server', master, loginOf('report'), ['GET', 'shop:a'])).toMatchObject({
        reply: '1',
      });
      const named = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'];
      expect((await tell(rehearsal, 'sentinel', master, loginOf('report'), named)).kind).toBe('reply');
      noPasswordLiesAbout(rehearsal);
      await forget(rehearsal);

      const writer = rehearsal.writer({ ...asShop(), confirm: true });
      await acknowledged(rehearsal, writer, 200);
      rehearsal.killServer(master);
      const second = await rehearsal.masterOtherThan(master);
      await rehearsal.whole();
      await rehearsal.replacePod(second);
      const third = await rehearsal.whole();
      expect(third).not.toBe(second);
      await acknowledged(rehearsal, writer, 50);
      // Without its agent a Sentinel alone promotes, as `sentinel` and nobody else.
      rehearsal.signalAgent(third, 'SIGSTOP');
      rehearsal.killServer(third, 'SIGSTOP');
      const heir = await rehearsal.masterOtherThan(third);
      // A pod that thaws sooner may confirm writes that are lost (docs/simulation.md): this test is about the users.
      const other = rehearsal.servers.find((pod) => pod !== third && pod !== heir) ?? '';
      const follows = async () => (await rehearsal.view.info(other)).master_host === rehearsal.sites.addressOf(heir);
      await rehearsal.until(follows, 'the other replica does not follow the new master');
      rehearsal.signalAgent(third, 'SIGCONT');
      rehearsal.killServer(third, 'SIGCONT');
      await rehearsal.whole();
      expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
      const verified = await rehearsal.verify();
      expect(verified?.code, verified?.output).toBe(0);
      expect(await refusedIn(rehearsal)).toEqual([]);
    },
    150_000,
  );

  it.skipIf(skip)(
    'all passwords are changed under load: nothing is refused to a client that stays connected, and nothing lost',
    async () => {
      const { rehearsal, master } = await startWithUsers({ engine, profile: Profile.STRICT });
      const old = asShop();
      const fresh = asShop('another one of shop’s');
      const own = (password: string) => ({ user: 'agent', password: derivedPassword(password, 'agent') });
      const writer = rehearsal.writer({ ...old, confirm: true });
      const epoch = await epochOf(rehearsal, master);
      await acknowledged(rehearsal, writer, 100);
      rehearsal.changePassword('another one of the topology’s', 'password');
      rehearsal.changePassword(fresh.password, 'shop');
      rehearsal.changePassword('another one of the verification’s', 'verification');
      for (const pod of rehearsal.servers) {
        rehearsal.refreshSecret(pod);
        await said(rehearsal, 'user-password-changed user=shop accepted=both', [pod]);
        expect(await rehearsal.ready(pod)).toBe(true);
      }
      await said(rehearsal, 'password-used towards=all by=server,sentinel');
      await rehearsal.until(
        async () => (await admitting(rehearsal, fresh)) === 6,
        'the new one is not let in everywhere',
      );
      expect(await admitting(rehearsal, old)).toBe(6);
      expect([
        await admitting(rehearsal, own(TOPOLOGY)),
        await admitting(rehearsal, own('another one of the topology’s')),
      ]).toEqual([6, 6]);
      expect(await rehearsal.whole()).toBe(master);
      expect(await epochOf(rehearsal, master)).toBe(epoch);
      expect(writer.lastError).toBe('none');
      expect(await writer.report()).toMatchObject({ lost: 0 });
      expect(reigns(writer.acks)).toEqual([master]);

      const after = rehearsal.writer({ ...fresh, confirm: true });
      await roll(rehearsal);
      expect(await after.report()).toMatchObject({ lost: 0 });
      expect([await admitting(rehearsal, old), await admitting(rehearsal, fresh)]).toEqual([0, 6]);
      expect([
        await admitting(rehearsal, own(TOPOLOGY)),
        await admitting(rehearsal, own('another one of the topology’s')),
      ]).toEqual([0, 6]);
      const verified = await rehearsal.verify();
      expect(verified?.code, verified?.output).toBe(0);
    },
    150_000,
  );
}

/** What was carried out that must not be. */
async function refusals(rehearsal: Rehearsal, pod: string): Promise<string[]> {
  const allowed: string[] = [];
  for (const [part, tried] of [['server', REFUSED_BY_SERVERS] as const, ['sentinel', REFUSED_BY_SENTINELS] as const]) {
    for (const { who, commands } of tried) {
      const outcomes = commands.map(async (command) => {
        const outcome = await tell(rehearsal, part, pod, loginOf(who), command.split(' '));
        // DEBUG and MODULE are switched off for all, and say so before they look at the user.
        const isOff = outcome.kind === 'error' && / command not allowed/.test(outcome.message);
        if (outcome.kind !== 'denied' && !isOff) allowed.push(`${part}: ${who}: ${command}: ${outcome.kind}`);
      });
      await Promise.all(outcomes);
    }
  }
  return allowed;
}

/** Not in the logs, /status, the environment; and in files only for who needs them. */
function noPasswordLiesAbout(rehearsal: Rehearsal): void {
  const secrets = [
    ...Object.values(SECRET),
    ...(['agent', 'exporter'] as const).map((user) => derivedPassword(TOPOLOGY, user)),
  ];
  for (const pod of rehearsal.servers) {
    const { env } = rehearsal.container(pod, 'agent').plan;
    const rendered = [join(env.RUN_DIR ?? '', 'redis.conf'), join(env.DATA_DIR ?? '', 'sentinel', 'sentinel.conf')];
    for (const file of rendered) expect(statSync(file).mode & 0o777).toBe(0o600);
    const texts = [
      ...rendered.map((file) => readFileSync(file, 'utf8')),
      ...['agent', 'redis', 'sentinel'].map((name) => rehearsal.log(pod, name)),
      JSON.stringify(['agent', 'redis', 'sentinel'].map((name) => rehearsal.container(pod, name).plan)),
    ];
    for (const secret of secrets) for (const text of texts) expect(text).not.toContain(secret);
  }
}

/**
 * The verification tries a wrong password; and ioredis tells its name and version, which is not asked for, and takes no for an
 * answer. (The rights are those of Redis 7.0 too, which does not know that command.)
 */
const EXPECTED = ['default auth AUTH', 'verification command client|setinfo'];

/** What was refused since `forget` that must not be, by the servers' and Sentinels' own account: who, what, and why. */
export async function refusedIn(rehearsal: Rehearsal): Promise<string[]> {
  const { view } = rehearsal;
  const lists = await Promise.all([
    ...rehearsal.servers.map((pod) => view.redis(pod, 'ACL', 'LOG')),
    ...rehearsal.sentinels.map((pod) => view.sentinel(pod, 'ACL', 'LOG')),
  ]);
  return lists
    .flatMap((list) => (isList(list) ? list : []))
    .map((entry) => {
      const fields = fieldsOf(entry);
      return ['username', 'reason', 'object'].map((name) => fields.get(name)).join(' ');
    })
    .filter((line) => !EXPECTED.includes(line));
}

export async function forget({ view, servers, sentinels }: Rehearsal): Promise<void> {
  await Promise.all([
    ...servers.map((pod) => view.redis(pod, 'ACL', 'LOG', 'RESET')),
    ...sentinels.map((pod) => view.sentinel(pod, 'ACL', 'LOG', 'RESET')),
  ]);
}
