import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { own } from '../support/own-processes.js';
import { said } from './support/agent.js';
import { NEW, OLD, startWithOld } from './support/passwords.js';

const PROGRAM = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis_exporter'))
  .find(existsSync);

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

/** Where the program is: it is not part of a rehearsal. */
it.runIf(PROGRAM)(
  'redis_exporter reads it, and again after a change',
  async () => {
    const { rehearsal, master } = await startWithOld(METRICS);
    const address = rehearsal.sites.addressOf(master);
    const flags = [
      `-redis.addr=redis://${address}:6379`,
      `-redis.password-file=${fileOf(rehearsal, master)}`,
      `-web.listen-address=${address}:9121`,
      '-connection-timeout=5s',
      '-disable-exporting-key-values',
    ];
    const exporter = own(spawn(PROGRAM as string, flags, { stdio: ['ignore', 'ignore', 'pipe'] }));
    let log = '';
    exporter.stderr.on('data', (chunk) => {
      log += chunk;
    });
    onTestFinished(() => {
      exporter.kill('SIGKILL');
    });
    const isUp = async (path: string) => {
      const answer = await fetch(`http://${address}:9121${path}`).catch(() => undefined);
      return /^redis_up 1$/m.test((await answer?.text()) ?? '');
    };
    const pages = ['/metrics', `/scrape?target=redis://${address}:26379`];
    for (const path of pages) await rehearsal.until(() => isUp(path), `${path} does not answer`);
    // The old one is accepted until the pods are rolled, so an answer does not tell which of them was sent.
    const timesRead = () => log.split('Loaded 2 entries').length - 1;
    const before = timesRead();
    await change(rehearsal);
    await rehearsal.until(() => timesRead() > before, 'the file is not read again');
    for (const path of pages) expect(await isUp(path)).toBe(true);
  },
  90_000,
);
