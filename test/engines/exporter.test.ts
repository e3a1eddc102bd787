import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { Tls } from '../../src/tls/tls.js';
import { hasOpenssl } from '../support/openssl.js';
import { said } from './support/agent.js';
import { canExport, RehearsedExporter } from './support/exporter.js';
import { NEW, OLD, startWithOld } from './support/passwords.js';
import { objectsOf } from './support/rehearsed.js';
import { startWithUsers, USERS } from './support/users.js';
import { forget, refusedIn } from './support/users-promises.js';

const METRICS = { metrics: { exporter: true } };
const fileOf = (rehearsal: Rehearsal, pod: string) =>
  rehearsal.container(pod, 'agent').plan.env.EXPORTER_PASSWORDS ?? '';
const mapOf = (rehearsal: Rehearsal, pod: string) =>
  JSON.parse(readFileSync(fileOf(rehearsal, pod), 'utf8')) as Record<string, string>;

async function change(rehearsal: Rehearsal): Promise<void> {
  rehearsal.changePassword(NEW);
  for (const pod of rehearsal.servers) rehearsal.refreshSecret(pod);
  await said(rehearsal, 'password-used towards=all by=server,sentinel');
}

it('an exporter’s file holds the password that its pod uses, before and after a change', async () => {
  const { rehearsal } = await startWithOld(METRICS);
  expect(rehearsal.notes).toContain('the exporters are left out');
  for (const [password, becomes] of [
    [OLD, async () => {}],
    [NEW, change],
  ] as const) {
    await becomes(rehearsal);
    for (const pod of rehearsal.servers) {
      const address = rehearsal.sites.addressOf(pod);
      const expected = { [`redis://${address}:6379`]: password, [`redis://${address}:26379`]: password };
      const isSo = () => JSON.stringify(mapOf(rehearsal, pod)) === JSON.stringify(expected);
      await rehearsal.until(isSo, `the file of ${pod} holds another password`);
    }
  }
}, 90_000);

it.skipIf(!canExport)(
  'redis_exporter reads it, and again after a change',
  async () => {
    const { rehearsal, master } = await startWithOld(METRICS);
    const exporter = new RehearsedExporter(rehearsal, objectsOf(METRICS), master);
    const pages = [undefined, exporter.sentinelPage()];
    for (const page of pages) await rehearsal.until(() => exporter.isUp(page), `${page ?? 'its server'} is not up`);
    // The old one is accepted until the pods are rolled, so an answer does not tell which of them was sent.
    const timesRead = () => exporter.log.split('Loaded 2 entries').length - 1;
    const before = timesRead();
    await change(rehearsal);
    await rehearsal.until(() => timesRead() > before, 'the file is not read again');
    for (const page of pages) expect(await exporter.isUp(page)).toBe(true);
  },
  90_000,
);

it.skipIf(!canExport || !hasOpenssl())(
  'redis_exporter does all of its work with TLS, as a user that may do nothing else, and after another certificate',
  async () => {
    const props = { ...METRICS, tls: Tls.fromSecret(undefined, { clients: 'required' as const }) };
    const { rehearsal, master } = await startWithUsers(props);
    await forget(rehearsal);
    const exporter = new RehearsedExporter(
      rehearsal,
      objectsOf({ auth: Auth.fromSecret(undefined, { users: USERS }), verification: true, ...props }),
      master,
    );
    const pages = [undefined, exporter.sentinelPage('rediss')];
    const allUp = async () => {
      for (const page of pages)
        await rehearsal.until(
          () => exporter.isUp(page),
          () => `${page ?? 'its server'}: ${exporter.log}`,
        );
    };
    await allUp();
    const told = await exporter.read();
    for (const name of [
      'redis_connected_slaves',
      'redis_memory_used_bytes',
      'redis_slowlog_length',
      'redis_commands_total',
    ]) {
      expect(told).toMatch(new RegExp(`^${name}(\\{.*\\})? `, 'm'));
    }
    expect(await exporter.read(pages[1])).toMatch(/^redis_sentinel_masters 1$/m);
    rehearsal.renewCertificate();
    for (const pod of rehearsal.pods) rehearsal.refreshSecret(pod);
    await said(rehearsal, 'certificate-in-use', rehearsal.pods, 90_000);
    await allUp();
    // Whatever it asks that its user may not do is refused, and listed.
    expect(await refusedIn(rehearsal)).toEqual([]);
  },
  180_000,
);
