import { describe, expect, it } from 'vitest';
import { Auth } from '../../src/auth/auth.js';
import { Tls } from '../../src/index.js';
import { read } from '../docs/support/pages.js';
import { hasOpenssl } from '../support/openssl.js';
import { Application, type Counting, SECRET, snippetOf } from './support/application.js';
import { SAYS_NOTHING, saysNothing } from './support/impostor.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** What an application adds to the snippet. */
const COUNTING = `
for (let n = 1; ; n++) {
  await redis.set('count', String(n)).then(() => console.log('ok', n), (error) => console.log('failed', n, error.message));
  await new Promise((resolve) => setTimeout(resolve, 20));
}
`;

function inNode(name: string, hasTls: boolean): Counting {
  const isIt = (text: string) => text.includes(` from '${name}';`) && text.includes('REDIS_CA_FILE') === hasTls;
  return {
    files: { 'client.mjs': snippetOf('js', isIt) + COUNTING },
    command: [process.execPath, 'client.mjs'],
  };
}

/** Of the table of docs/clients.md, for both kinds of connection. */
const [, TLS_OF_NODE_REDIS] =
  /^\| node-redis \| `nodeClientOptions: \{ socket: \{ (.+) \} \}` \| `sentinelClientOptions`, the same \|$/m.exec(
    read('docs/clients.md'),
  ) ?? [];

function inNodeRedisWithTls(): Counting {
  const { files, command } = inNode('redis', false);
  const plain = files['client.mjs'] as string;
  const withTls = plain.replace('socket: {', `socket: { ${TLS_OF_NODE_REDIS},`);
  expect(withTls).not.toBe(plain);
  const ca = 'const ca = readFileSync(process.env.REDIS_CA_FILE);';
  return { files: { 'client.mjs': withTls.replace('const options', `${ca}\nconst options`) }, command };
}

/** How a master goes: its connections break, or stand and tell nothing. */
const FAULTS = [
  { fault: 'is killed', signal: 'SIGKILL' },
  { fault: 'hangs', signal: 'SIGSTOP' },
  { fault: 'is killed, as a user', signal: 'SIGKILL', user: 'counter' },
] as const;

describe.each(['ioredis', 'redis'])('the snippet of docs/clients.md for %s', (name) => {
  it.each(FAULTS)(
    'writes to the next master when the first one $fault',
    async ({ signal, ...given }) => {
      const user = 'user' in given ? given.user : undefined;
      const { rehearsal, master } = user === undefined ? await wholeRehearsal() : await withUser(user);
      await Application.of(rehearsal, inNode(name, false), user).survives(rehearsal, master, signal);
    },
    90_000,
  );
});

it.skipIf(!hasOpenssl())(
  'the snippet for redis with the words about TLS writes to the next master when the first one is killed',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
    await Application.of(rehearsal, inNodeRedisWithTls()).survives(rehearsal, master, 'SIGKILL');
  },
  90_000,
);

it.skipIf(!hasOpenssl())(
  'the snippet for ioredis with TLS verifies names, and writes to the next master when the first one is killed',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
    await Application.of(rehearsal, inNode('ioredis', true)).survives(rehearsal, master, 'SIGKILL');
  },
  90_000,
);

describe.skipIf(!hasOpenssl())('the snippet of docs/clients.md', () => {
  it.each([
    ['redis', inNodeRedisWithTls],
    ['ioredis', () => inNode('ioredis', true)],
  ])(`for %s ${SAYS_NOTHING}`, async (_, counting) => saysNothing(counting()), 120_000);
});

/** With a user that may count, and nothing else. */
function withUser(name: string) {
  const auth = Auth.fromSecret(undefined, { users: [{ name, keys: ['count'] }] });
  return wholeRehearsal({ auth, verification: true }, { secret: SECRET });
}
