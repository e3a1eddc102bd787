import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { Engine } from '../../src/engine/engine.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import { Sentinels } from '../../src/topology/sentinels.js';
import { hasOpenssl } from '../support/openssl.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged } from './support/reigns.js';
import { enter, hangs } from './support/tls-transition.js';
import { SECRET, SHOP, USERS } from './support/users.js';
import { refusedIn } from './support/users-promises.js';

it.skipIf(!hasOpenssl() || !hasEngine('valkey', process.env.PATH ?? ''))(
  'TLS is turned on with users, with Sentinels in pods of their own, on Valkey',
  async () => {
    const props = {
      engine: Engine.valkey(),
      auth: Auth.fromSecret(undefined, { users: USERS }),
      verification: true,
      sentinels: Sentinels.separate({ count: 3 }),
    };
    const { rehearsal } = await wholeRehearsal(props, { named: true, secret: SECRET });
    const asShop = { user: 'shop', password: SHOP };
    const plain = rehearsal.writer({ ...asShop, tls: false, keys: 'shop:plain:' });
    await acknowledged(rehearsal, plain, 50);
    await enter(rehearsal, 'accept', props);
    const secure = rehearsal.writer({ ...asShop, tls: true, keys: 'shop:secure:' });
    await enter(rehearsal, 'prefer', props);
    await acknowledged(rehearsal, plain, 50);
    expect(await plain.report()).toMatchObject({ lost: 0 });
    await enter(rehearsal, 'only', props);
    await acknowledged(rehearsal, secure, 50);
    expect(await secure.report()).toMatchObject({ lost: 0 });
    expect(await refusedIn(rehearsal)).toEqual([]);
    expect(hangs(rehearsal)).toEqual([]);
  },
  300_000,
);
