import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { Environment } from '../../src/topology/environment.js';
import { rehearsed } from './support/rehearsed.js';

const withPassword = (password: string) => ({
  auth: Auth.literal(password),
  environment: Environment.DEVELOPMENT,
});

it.each([
  ['quotes', `it's "quoted"`],
  ['spaces and a hash', ' a # b '],
  ['backslashes', 'a\\nb\\\\c\\'],
  ['what a shell would expand', '$(id) `id` $HOME * ; & | <>'],
  ['more than ASCII', 'pässwörd→'],
])('works with a password of %s', async (_, password) => {
  const rehearsal = await rehearsed(withPassword(password));
  rehearsal.start();
  await rehearsal.whole();
  expect(rehearsal.sites.password).toBe(password);
  expect(await rehearsal.verify()).toMatchObject({ code: 0 });
});

it.each([
  ['empty', '', "the Secret's value is empty"],
  ['of two lines', 'one\ntwo', 'holds a line break'],
  ['ending in a line break', 'secret\n', "a trailing one comes from 'echo'"],
])('starts nothing with a password that is %s', async (_, password, message) => {
  const rehearsal = await rehearsed(withPassword('good'), { secret: { password } });
  rehearsal.start();
  for (const container of ['redis', 'sentinel', 'keeper']) {
    await rehearsal.until(() => rehearsal.log('cache-0', container).includes(message), `${container} does not say so`);
  }
  expect(await rehearsal.view.role('cache-0')).toBe('down');
  expect(rehearsal.log('cache-0', 'redis')).not.toContain('start-master');
});

it('waits for a Secret that lacks its key, and says so', async () => {
  const rehearsal = await rehearsed({}, { secret: {} });
  rehearsal.start();
  for (const container of ['redis', 'sentinel', 'keeper']) {
    await rehearsal.until(
      () => rehearsal.log('cache-0', container).includes("waiting the Secret's password is not there"),
      `${container} does not say so`,
    );
  }
  expect(await rehearsal.view.role('cache-0').catch(() => 'down')).toBe('down');
});

it('starts nothing on a volume that cannot be written', async () => {
  const rehearsal = await rehearsed();
  // A file where a folder should be: the same refusal for root, whom a read-only mode does not stop.
  writeFileSync(join(rehearsal.folder, 'volume-blocker'), '');
  const rehearsalWithout = await rehearsed({}, { environment: { DATA_DIR: join(rehearsal.folder, 'volume-blocker') } });
  rehearsalWithout.start();
  for (const container of ['redis', 'sentinel', 'keeper']) {
    await rehearsalWithout.until(
      () => rehearsalWithout.log('cache-0', container).includes('cannot be written'),
      `${container} does not say so`,
    );
  }
  expect(await rehearsalWithout.view.role('cache-0')).toBe('down');
});

it('starts nothing while a Service does not resolve, and says which', async () => {
  const rehearsal = await rehearsed({}, { environment: { SERVERS: 'no-such-service.invalid. 127.0.0.1 127.0.0.1' } });
  rehearsal.start();
  for (const container of ['redis', 'sentinel', 'keeper']) {
    await rehearsal.until(
      () => rehearsal.log('cache-0', container).includes('names do not resolve: no-such-service.invalid.'),
      `${container} does not say so`,
    );
  }
  expect(await rehearsal.view.role('cache-0')).toBe('down');
});
