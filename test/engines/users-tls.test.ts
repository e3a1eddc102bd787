import { expect, it } from 'vitest';
import { Tls } from '../../src/tls/tls.js';
import { hasOpenssl } from '../support/openssl.js';
import { said } from './support/agent.js';
import { acknowledged } from './support/reigns.js';
import { SHOP, startWithUsers } from './support/users.js';
import { forget, refusedIn } from './support/users-promises.js';

it.skipIf(!hasOpenssl())(
  'with TLS too each user may do all of its work: crash, hand-over, another certificate, verification with a drill',
  async () => {
    const { rehearsal, master } = await startWithUsers({ tls: Tls.fromSecret() });
    await forget(rehearsal);
    const writer = rehearsal.writer({ user: 'shop', password: SHOP, keys: 'shop:' });
    await acknowledged(rehearsal, writer, 50);
    rehearsal.renewCertificate();
    for (const pod of rehearsal.pods) rehearsal.refreshSecret(pod);
    // The Sentinels take it one after the other.
    await said(rehearsal, 'certificate-in-use', rehearsal.pods, 90_000);
    expect(await rehearsal.whole()).toBe(master);
    expect(await writer.report()).toMatchObject({ lost: 0 });

    rehearsal.killServer(master);
    const second = await rehearsal.masterOtherThan(master);
    await rehearsal.whole();
    await rehearsal.replacePod(second);
    await rehearsal.whole();
    const verified = await rehearsal.verify();
    expect(verified?.code, verified?.output).toBe(0);
    expect(await refusedIn(rehearsal)).toEqual([]);
  },
  240_000,
);
