import { isIP } from 'node:net';
import { expect, it } from 'vitest';
import { ask } from '../../src/client/connection.js';
import { isList } from '../../src/client/outcome.js';
import { fieldsOf } from '../../src/client/sentinel.js';
import { Tls } from '../../src/index.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Profile } from '../../src/topology/profile.js';
import { hasOpenssl } from '../support/openssl.js';
import { said, timesSaid } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged } from './support/reigns.js';
import { enter, hangs } from './support/tls-transition.js';

/** Of servers and Sentinels, how many let somebody in, without TLS and with it. */
async function admitting({ sites }: Rehearsal): Promise<{ plain: number; tls: number }> {
  const { password } = sites;
  const doors = sites.servers.flatMap((pod) =>
    [sites.redisPort, sites.sentinelPort].map((port) => ({ host: sites.addressOf(pod), port, password })),
  );
  const count = async (tls: typeof sites.tls) => {
    const outcomes = await Promise.all(doors.map((door) => ask({ ...door, tls }, ['PING'])));
    return outcomes.filter(({ kind }) => kind === 'reply').length;
  };
  return { plain: await count(undefined), tls: await count(sites.tls ?? {}) };
}

/** In which form the Sentinels tell clients of servers. */
async function forms({ view, sites }: Rehearsal): Promise<string[]> {
  const told = await Promise.all(
    sites.sentinels.map(async (pod) => {
      const master = await view.sentinel(pod, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', sites.masterName);
      const replicas = await view.sentinel(pod, 'SENTINEL', 'REPLICAS', sites.masterName);
      const all = isList(replicas) ? replicas.map((one) => fieldsOf(one).get('ip')) : [];
      return [isList(master) ? String(master[0]) : '', ...all.map(String)];
    }),
  );
  return [...new Set(told.flat().map((host) => (isIP(host) ? 'address' : 'name')))].sort();
}

it.skipIf(!hasOpenssl())(
  'TLS is turned on under load, in the steps of the documentation, and off again: nothing is lost',
  async () => {
    const { rehearsal } = await wholeRehearsal({}, { named: true });
    expect([await admitting(rehearsal), await forms(rehearsal)]).toEqual([{ plain: 6, tls: 0 }, ['address']]);
    const plain = rehearsal.writer({ tls: false });
    await acknowledged(rehearsal, plain, 50);

    await enter(rehearsal, 'accept');
    expect([await admitting(rehearsal), await forms(rehearsal)]).toEqual([{ plain: 6, tls: 6 }, ['address']]);
    const secure = rehearsal.writer({ tls: true, keys: 'secure:' });
    await acknowledged(rehearsal, secure, 50);
    await acknowledged(rehearsal, plain, 50);

    await enter(rehearsal, 'prefer');
    await rehearsal.until(async () => `${await forms(rehearsal)}` === 'name', 'clients are told addresses', {
      timeoutMs: 120_000,
    });
    expect(await admitting(rehearsal)).toEqual({ plain: 6, tls: 6 });
    await acknowledged(rehearsal, secure, 50);
    await acknowledged(rehearsal, plain, 50);
    expect(await plain.report()).toMatchObject({ lost: 0 });

    await enter(rehearsal, 'only');
    expect([await admitting(rehearsal), await forms(rehearsal)]).toEqual([{ plain: 0, tls: 6 }, ['name']]);
    await acknowledged(rehearsal, secure, 50);

    await enter(rehearsal, 'prefer');
    const back = rehearsal.writer({ tls: false, keys: 'back:' });
    await acknowledged(rehearsal, back, 50);
    expect(await secure.report()).toMatchObject({ lost: 0 });
    await enter(rehearsal, 'accept');
    expect(await forms(rehearsal)).toEqual(['address']);
    await enter(rehearsal, 'none');
    expect([await admitting(rehearsal), await forms(rehearsal)]).toEqual([{ plain: 6, tls: 0 }, ['address']]);
    expect(await back.report()).toMatchObject({ lost: 0 });
    expect(hangs(rehearsal)).toEqual([]);
  },
  600_000,
);

it.skipIf(!hasOpenssl()).each(['accept', 'prefer'] as const)(
  'in the stage %s a killed master is replaced at once, and agents that are started anew lead to their servers again',
  async (transition) => {
    const tls = Tls.fromSecret(undefined, { transition });
    const { rehearsal, master: first } = await wholeRehearsal({ tls, profile: Profile.STRICT }, { named: true });
    const writers = [true, false].map((tls) => rehearsal.writer({ tls, confirm: true, keys: `${tls}:` }));
    const go = () => Promise.all(writers.map((writer) => acknowledged(rehearsal, writer, 100)));
    await go();

    rehearsal.killServer(first);
    const second = await rehearsal.masterOtherThan(first);
    expect(await rehearsal.whole()).toBe(second);
    // By the agent of its pod, which knows of the death at once, and not after down-after by the Sentinels.
    await said(rehearsal, 'reason=server-gone', [first]);
    expect(timesSaid(rehearsal, first, 'reason=server-gone')).toBe(1);
    await go();

    await Promise.all(rehearsal.servers.map((pod) => rehearsal.container(pod, 'agent').terminate(0)));
    expect(await admitting(rehearsal)).toEqual({ plain: 0, tls: 0 });
    for (const pod of rehearsal.servers) rehearsal.container(pod, 'agent').start();
    await rehearsal.whole();
    await go();
    const restarts = rehearsal.pods.map((pod) => rehearsal.container(pod, 'redis').restarts);
    expect(restarts, 'the killed one alone').toEqual(rehearsal.pods.map((pod) => (pod === first ? 1 : 0)));
    for (const writer of writers) expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
  },
  240_000,
);

it.skipIf(!hasOpenssl())(
  'a Sentinel that knows the master by its address, where names are to be told, is started anew, and no other',
  async () => {
    const tls = Tls.fromSecret(undefined, { transition: 'prefer' });
    const { rehearsal, master } = await wholeRehearsal({ tls }, { named: true });
    const [pod = ''] = rehearsal.servers;
    const { masterName, password = '', redisPort } = rehearsal.sites;
    const tell = (...command: string[]) => rehearsal.view.sentinel(pod, 'SENTINEL', ...command);
    await tell('REMOVE', masterName);
    await tell('MONITOR', masterName, rehearsal.sites.addressOf(master), String(redisPort), '2');
    await tell('SET', masterName, 'auth-pass', password);
    expect(await forms(rehearsal)).toEqual(['address', 'name']);

    await said(rehearsal, 'ended-sentinel reason=tells-addresses', [pod]);
    expect(await rehearsal.whole()).toBe(master);
    expect(await forms(rehearsal)).toEqual(['name']);
    const restarts = rehearsal.pods.map((one) => rehearsal.container(one, 'sentinel').restarts);
    expect(restarts).toEqual(rehearsal.pods.map((one) => (one === pod ? 1 : 0)));
  },
  120_000,
);
