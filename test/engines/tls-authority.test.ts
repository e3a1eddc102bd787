import { expect, it } from 'vitest';
import { Tls } from '../../src/index.js';
import { Authority } from '../../src/rehearsal/certificates.js';
import { hasOpenssl } from '../support/openssl.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { epochOf } from './support/reigns.js';
import { renew } from './support/tls-renewal.js';

it.skipIf(!hasOpenssl())(
  'another authority comes in three steps under load: no write is lost, no server is restarted, and at the end the old one is not trusted',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
    const old = rehearsal.authority;
    const next = new Authority('next');
    const epoch = await epochOf(rehearsal, master);
    const writer = rehearsal.writer();
    await rehearsal.until(() => writer.acks.length > 50, 'no writes');

    await renew(rehearsal, () => rehearsal.renewCertificate(old, [old, next]));
    await renew(rehearsal, () => rehearsal.renewCertificate(next, [old, next]));
    await renew(rehearsal, () => rehearsal.renewCertificate(next, [next]));

    expect(await rehearsal.whole()).toBe(master);
    const restarts = (part: string) => rehearsal.pods.map((pod) => rehearsal.container(pod, part).restarts);
    expect(restarts('redis')).toEqual([0, 0, 0]);
    expect(restarts('sentinel'), 'once in each step').toEqual([3, 3, 3]);
    const { lost, gapMs } = await writer.report();
    expect(lost).toBe(0);
    // What it takes beyond nothing is the machine's: nobody was replaced.
    expect(gapMs).toBeLessThan(10_000);
    expect(await epochOf(rehearsal, master)).toBe(epoch);
    expect((await rehearsal.verify())?.output).toContain('ok    certificates');
    const trust = rehearsal.sites.tls?.ca;
    expect(trust).toBe(next.certificate);
  },
  400_000,
);
