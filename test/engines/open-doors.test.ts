import { describe, expect, it } from 'vitest';
import { ask } from '../../src/client/connection.js';
import { Auth, Environment, Persistence, type RedisSentinelProps, SentinelAuth, Sentinels } from '../../src/index.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { crashAll } from './support/all-stopped.js';
import { ALL, fill, kept } from './support/data.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** How servers and Sentinels answer one who gives that password, or none. */
async function answers({ sites }: Rehearsal, password?: string): Promise<{ servers: string[]; sentinels: string[] }> {
  const to = (pods: readonly string[], port: number) =>
    Promise.all(
      pods.map(async (pod) => (await ask({ host: sites.addressOf(pod), port, password }, ['INFO', 'server'])).kind),
    );
  return {
    servers: [...new Set(await to(sites.servers, sites.redisPort))],
    sentinels: [...new Set(await to(sites.sentinels, sites.sentinelPort))],
  };
}

const LITERAL = { environment: Environment.DEVELOPMENT } as const;
const TOPOLOGIES: Record<string, { props: RedisSentinelProps; without: object; said: RegExp }> = {
  'no password at all': {
    props: { auth: Auth.none() },
    without: { servers: ['reply'], sentinels: ['reply'] },
    said: /all 6 servers and Sentinels are open, as the topology says/,
  },
  'Sentinels without a password': {
    props: { ...LITERAL, auth: Auth.literal('a "password"', { sentinels: SentinelAuth.none() }) },
    without: { servers: ['denied'], sentinels: ['reply'] },
    said: /refused on 3; 3 servers and Sentinels are open, as the topology says/,
  },
  'Sentinels with a password of their own': {
    props: {
      ...LITERAL,
      sentinels: Sentinels.separate({ count: 3 }),
      auth: Auth.literal('a "password"', { sentinels: SentinelAuth.fromSecret('others') }),
    },
    without: { servers: ['denied'], sentinels: ['denied'] },
    said: /refused on all 6 servers and Sentinels/,
  },
};

describe.each(Object.entries(TOPOLOGIES))('%s', (_, { props, without, said }) => {
  it('works, fails over, and is verified for what it is', async () => {
    const { rehearsal, master } = await wholeRehearsal(props);
    expect(await answers(rehearsal)).toEqual(without);
    await rehearsal.replacePod(master);
    await rehearsal.whole();
    const report = await rehearsal.verify();
    expect(report?.output).toMatch(said);
    expect(report?.code, report?.output).toBe(0);
    expect(await answers(rehearsal)).toEqual(without);
  });
});

it('snapshots alone: a stop of all keeps what a snapshot holds', async () => {
  const { rehearsal, master } = await wholeRehearsal({
    persistence: Persistence.of({ snapshots: { save: ['3600 1'] } }),
  });
  await fill(rehearsal, master);
  await rehearsal.view.redis(master, 'SAVE');
  await crashAll(rehearsal);
  rehearsal.start();
  expect(await rehearsal.whole()).toBe(master);
  expect(await kept(rehearsal, ...rehearsal.servers)).toBe(ALL);
});

it('the passwords of servers and of Sentinels are each changed while everything runs', async () => {
  const { rehearsal } = await wholeRehearsal({
    auth: Auth.fromSecret(undefined, { sentinels: SentinelAuth.fromSecret('others') }),
  });
  const before = { servers: rehearsal.sites.password, sentinels: rehearsal.sites.sentinelPassword };
  expect(before.servers).not.toBe(before.sentinels);
  rehearsal.changePassword('another');
  for (const pod of rehearsal.servers) rehearsal.refreshSecret(pod);
  await rehearsal.until(
    async () => rehearsal.servers.every((pod) => rehearsal.log(pod, 'agent').split('password-used').length === 3),
    'not all use both new passwords',
  );
  expect(await answers(rehearsal, 'another')).toEqual({ servers: ['reply'], sentinels: ['reply'] });
  for (const pod of [...rehearsal.servers].reverse()) {
    await rehearsal.replacePod(pod);
    await rehearsal.whole();
  }
  expect((await answers(rehearsal, before.servers)).servers).toEqual(['denied']);
  expect((await answers(rehearsal, before.sentinels)).sentinels).toEqual(['denied']);
  expect((await rehearsal.verify())?.code).toBe(0);
}, 150_000);
