import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import type { DefaultUser } from '../../src/auth/users.js';
import type { RedisSentinelProps } from '../../src/topology/props.js';
import { roll } from './support/passwords.js';
import { objectsOf, wholeRehearsal } from './support/rehearsed.js';
import { acknowledged } from './support/reigns.js';
import { admitting, loginOf, SECRET, SHOP, TOPOLOGY } from './support/users.js';

const KEY = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cache-auth' }, stringData: SECRET };

it('users are turned on under load, in the steps of the documentation, and nothing is lost', async () => {
  const { rehearsal } = await wholeRehearsal({}, { secret: SECRET });
  const step = async (defaultUser?: DefaultUser) => {
    const users = [{ name: 'shop', keys: ['shop:*'] }];
    const props: RedisSentinelProps = { auth: Auth.fromSecret(undefined, { users, defaultUser }), verification: true };
    rehearsal.apply([...objectsOf(props), KEY]);
    await roll(rehearsal);
    const verified = await rehearsal.verify();
    expect(verified?.code, `${defaultUser}: ${verified?.output}`).toBe(0);
  };
  const before = rehearsal.writer({ password: TOPOLOGY, keys: 'shop:' });
  await acknowledged(rehearsal, before, 50);
  await step('used');
  expect([await admitting(rehearsal, loginOf('default')), await admitting(rehearsal, loginOf('shop'))]).toEqual([6, 6]);
  expect(await before.report()).toMatchObject({ lost: 0 });

  const after = rehearsal.writer({ user: 'shop', password: SHOP, keys: 'shop:' });
  await acknowledged(rehearsal, after, 50);
  await step('open');
  await step();
  expect(await after.report()).toMatchObject({ lost: 0 });
  expect([await admitting(rehearsal, loginOf('default')), await admitting(rehearsal, loginOf('shop'))]).toEqual([0, 6]);
}, 240_000);
