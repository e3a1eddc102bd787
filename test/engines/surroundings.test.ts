import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { Environment } from '../../src/topology/environment.js';
import { said } from './support/agent.js';
import { rehearsed } from './support/rehearsed.js';

const withPassword = (password: string) => ({
  auth: Auth.literal(password),
  environment: Environment.DEVELOPMENT,
});

it('works with a password of quotes, spaces, backslashes, what a shell would expand, and more than ASCII', async () => {
  const password = ` a # it's "quoted" \\n\\\\ $(id) \`id\` $HOME * ; & | <> pässwörd→\\ `;
  const rehearsal = await rehearsed(withPassword(password));
  rehearsal.start();
  await rehearsal.whole();
  expect(rehearsal.sites.password).toBe(password);
  expect(await rehearsal.verify()).toMatchObject({ code: 0 });
});

it.each([
  ['a password that is empty', { secret: { password: '' } }, "the Secret's value is empty"],
  ['a password of two lines', { secret: { password: 'one\ntwo' } }, 'holds a line break'],
  ['a password that ends in a line break', { secret: { password: 'secret\n' } }, "a trailing one comes from 'echo'"],
  ['a Secret that lacks its key', { secret: {} }, "waiting the Secret's password is not there"],
  [
    'a Service that does not resolve',
    { environment: { SERVERS: 'no-such-service.invalid. 127.0.0.1 127.0.0.1' } },
    'names do not resolve: no-such-service.invalid.',
  ],
  ['an environment that makes no sense', { environment: { QUORUM: 'two' } }, 'QUORUM must be a whole number'],
])('starts nothing with %s, and says so', async (_, surroundings, words) => {
  const rehearsal = await rehearsed({}, surroundings);
  rehearsal.start();
  await said(rehearsal, words);
  expect(await rehearsal.view.role('cache-0')).toBe('down');
  expect(rehearsal.log('cache-0', 'agent')).not.toContain('start-master');
});

it('starts nothing on a volume that cannot be written, and says so', async () => {
  const blocker = await rehearsed();
  // A file where a folder should be: the same refusal for root, whom a read-only mode does not stop.
  const path = join(blocker.folder, 'volume-blocker');
  writeFileSync(path, '');
  const rehearsal = await rehearsed({}, { environment: { DATA_DIR: path } });
  rehearsal.start();
  await said(rehearsal, 'cannot be written');
  expect(await rehearsal.view.role('cache-0')).toBe('down');
});
