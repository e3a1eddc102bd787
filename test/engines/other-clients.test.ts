import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Auth, type RedisSentinelProps, SentinelAuth, Tls } from '../../src/index.js';
import { read } from '../docs/support/pages.js';
import { hasOpenssl } from '../support/openssl.js';
import { Application, type Counting, snippetOf } from './support/application.js';
import { SAYS_NOTHING, saysNothing } from './support/impostor.js';
import { wholeRehearsal } from './support/rehearsed.js';

/** Of the table of docs/clients.md: what the snippet of that client is given for servers, and for Sentinels. */
function tlsWords(client: string): readonly [servers: string, sentinels: string] {
  const row = new RegExp(`^\\| ${client} \\| \`([^|]+)\` \\| (.+) \\|$`, 'm').exec(read('docs/clients.md'));
  if (!row) throw new Error(`docs/clients.md has no row about TLS for ${client}`);
  return [row[1] as string, row[2] as string];
}

/** The Python that has the package; Debian's is another than that of who manages his own. */
const pythonWith = (module: string) =>
  ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);
const PYTHON = pythonWith('redis.sentinel');
const CELERY = pythonWith('celery, redis.sentinel');

async function inPython(hasTls: boolean): Promise<Counting> {
  const snippet = snippetOf('python', (text) => text.includes('from redis.sentinel import Sentinel'));
  const [words] = tlsWords('redis-py');
  const text = hasTls
    ? `path = __import__("os").environ["REDIS_CA_FILE"]\n${snippet
        .replace('sentinel_kwargs={', `sentinel_kwargs={**dict(${words}), `)
        .replace('    username=user,\n', `    ${words},\n    username=user,\n`)}`
    : snippet;
  const counting = `
import time
n = 0
while True:
    n += 1
    try:
        cache.set("count", n)
        print("ok", n, flush=True)
    except Exception as error:
        print("failed", n, repr(error), flush=True)
    time.sleep(0.02)
`;
  return { files: { 'client.py': text + counting }, command: [PYTHON as string, 'client.py'] };
}

/** Through broker and backend: a task that a worker carries out, and whose result comes back. */
async function inCelery(hasTls: boolean): Promise<Counting> {
  const plain = snippetOf('python', (text) => text.includes('from celery import Celery'));
  const [toServers, toSentinels] = tlsWords('Celery');
  const [, ofSentinels] = /^`(.+)` in `sentinel_kwargs`$/.exec(toSentinels) ?? [];
  const snippet = hasTls
    ? `path = __import__("os").environ["REDIS_CA_FILE"]\n${plain
        .replace('"sentinel_kwargs": {', `"sentinel_kwargs": {${ofSentinels}, `)
        .concat(`app.conf.${toServers.replace(' = ', ' = app.conf.')}\n`)}`
    : plain;
  const shop = `${snippet}
@app.task(name="echo")
def echo(n):
    return n
`;
  const counting = `
import ctypes, subprocess, sys, time
from shop import echo
subprocess.Popen(
    [sys.executable, "-m", "celery", "-A", "shop", "worker", "--pool=solo", "--loglevel=ERROR"],
    preexec_fn=lambda: ctypes.CDLL(None).prctl(1, 9),  # it ends with this program
)
n = 0
while True:
    n += 1
    try:
        print("ok" if echo.delay(n).get(timeout=5) == n else "another result", n, flush=True)
    except Exception as error:
        print("failed", n, repr(error), flush=True)
    time.sleep(0.02)
`;
  return { files: { 'shop.py': shop, 'client.py': counting }, command: [CELERY as string, 'client.py'] };
}

const PREDIS = 'Predis/Autoloader.php';
const hasPredis = spawnSync('php', ['-r', `exit((int) !stream_resolve_include_path('${PREDIS}'));`]).status === 0;

/** What Laravel does with its configuration: the part `default` is taken apart into servers and options. */
async function inPhp(): Promise<Counting> {
  const snippet = snippetOf('php', (text) => text.includes("'client' => 'predis'"));
  const counting = `<?php
require '${PREDIS}';
Predis\\Autoloader::register();
function env(string $name) { return getenv($name); }
$servers = (include 'database.php')['redis']['default'];
$options = $servers['options'];
unset($servers['options']);
$redis = new Predis\\Client($servers, $options);
for ($n = 1; ; $n++) {
  try {
    $redis->set('count', $n);
    echo "ok $n\\n";
  } catch (Exception $error) {
    echo "failed $n " . get_class($error) . ' ' . $error->getMessage() . "\\n";
  }
  usleep(20000);
}
`;
  return { files: { 'database.php': snippet, 'client.php': counting }, command: ['php', 'client.php'] };
}

const GO_REDIS = 'github.com/redis/go-redis/v9@v9.17.3';
const goFolder = mkdtempSync(join(tmpdir(), 'go-client-'));
afterAll(() => rmSync(goFolder, { recursive: true, force: true }));

/** With the processor time that is left over: its neighbours measure theirs. */
const go = (...words: string[]) => promisify(execFile)('nice', ['-n', '19', 'go', ...words], { cwd: goFolder });

/** Go, and its module, are to be had. */
const hasGo = await go('mod', 'init', 'counting')
  .then(() => go('get', GO_REDIS))
  .then(
    () => true,
    () => false,
  );

async function inGo(hasTls: boolean): Promise<Counting> {
  const snippet = snippetOf('go', (text) => text.includes('NewFailoverClient'));
  const [words] = tlsWords('go-redis');
  const name = hasTls ? 'with-tls' : 'plain';
  const packages = ['context', 'fmt', 'os', 'strings', 'time', ...(hasTls ? ['crypto/tls', 'crypto/x509'] : [])];
  const trust = `
	authorities, err := os.ReadFile(os.Getenv("REDIS_CA_FILE"))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authorities)
`;
  const program = `package main

import (
${packages.map((one) => `\t"${one}"`).join('\n')}
	"github.com/redis/go-redis/v9"
)

func run() error {
${hasTls ? trust : ''}
${hasTls ? snippet.replace('FailoverOptions{\n', `FailoverOptions{\n\t${words},\n`) : snippet}
	for n := 1; ; n++ {
		if err := cache.Set(context.Background(), "count", n, 0).Err(); err != nil {
			fmt.Println("failed", n, err)
		} else {
			fmt.Println("ok", n)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func main() { fmt.Println(run()) }
`;
  writeFileSync(join(goFolder, `${name}.go`), program);
  // The second time, and where this machine has made it before, it takes a moment.
  await go('build', '-p', '1', '-o', name, `${name}.go`);
  return { files: {}, command: [join(goFolder, name)] };
}

/** The first time it takes as long as a compiler takes for all packages. */
const COMPILED_WITHIN_MS = 900_000;

const OPEN_SENTINELS = { auth: Auth.fromSecret(undefined, { sentinels: SentinelAuth.none() }) };

interface Client {
  readonly client: string;
  readonly isThere: boolean;
  readonly counting: (hasTls: boolean) => Promise<Counting>;
  readonly hasTls: boolean;
  /** What the topology must have for it. */
  readonly props?: RedisSentinelProps;
}

const CLIENTS: readonly Client[] = [
  { client: 'redis-py', isThere: PYTHON !== undefined, counting: inPython, hasTls: true },
  { client: 'go-redis', isThere: hasGo, counting: inGo, hasTls: true },
  // Debian's is one of the versions that send Sentinels no password.
  { client: 'predis', isThere: hasPredis, counting: inPhp, hasTls: false, props: OPEN_SENTINELS },
];

describe.skipIf(CELERY === undefined)('the snippet of docs/clients.md for Celery', () => {
  it('carries out tasks after the first master was killed', async () => {
    const { rehearsal, master } = await wholeRehearsal();
    await Application.of(rehearsal, await inCelery(false)).goesOn(rehearsal, master, 'SIGKILL');
  }, 180_000);

  it.skipIf(!hasOpenssl())(
    'with the words about TLS does so too',
    async () => {
      const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
      await Application.of(rehearsal, await inCelery(true)).goesOn(rehearsal, master, 'SIGKILL');
    },
    180_000,
  );

  it.skipIf(!hasOpenssl())(SAYS_NOTHING, async () => saysNothing(await inCelery(true)), 120_000);
});

for (const { client, isThere, counting, hasTls, props } of CLIENTS) {
  describe.skipIf(!isThere)(`the snippet of docs/clients.md for ${client}`, () => {
    beforeAll(async () => {
      for (const how of hasTls ? [true, false] : [false]) await counting(how);
    }, COMPILED_WITHIN_MS);

    it('writes to the next master when the first one is killed', async () => {
      const { rehearsal, master } = await wholeRehearsal(props);
      await Application.of(rehearsal, await counting(false)).survives(rehearsal, master, 'SIGKILL');
    }, 120_000);

    it.runIf(hasTls && hasOpenssl())(
      'with the words about TLS verifies names, and writes to the next master',
      async () => {
        const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
        await Application.of(rehearsal, await counting(true)).survives(rehearsal, master, 'SIGKILL');
      },
      120_000,
    );

    it.runIf(hasTls && hasOpenssl())(SAYS_NOTHING, async () => saysNothing(await counting(true)), 120_000);
  });
}
