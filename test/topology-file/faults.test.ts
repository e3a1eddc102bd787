import { expect, test } from 'vitest';
import { FOREIGN_WORDS } from '../../src/topology/foreign.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { WRONG } from './wrong.js';

/** What is said about the file `cache.yaml` of this text, a line for each fault. */
function faults(text: string): string[] {
  try {
    parseTopology('cache.yaml', text);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

test.each([
  ['servers: three', "1:10: 'servers' must be a whole number such as 3, got 'three'"],
  ['servers: 2.5', "1:10: 'servers' must be a whole number such as 3, got 2.5"],
  ['servers:', "1:1: 'servers' must be a whole number such as 3, got nothing"],
  ['serverz: 3', "1:1: 'serverz' is unknown here; did you mean 'servers'?"],
  [
    'resources: { keeper: { cpu: 1 } }',
    "1:14: 'resources.keeper' is unknown here: here it is 'resources: { agent: … }'",
  ],
  ['down-after: 3s', "1:1: 'down-after' is unknown here; known are name, "],
  ['failover: { down-after: 3s }', "1:13: 'failover.down-after' is unknown here; did you mean 'downAfter'?"],
  ['failover:\n  downAfter: 3', "2:14: 'failover.downAfter' must have a unit, such as 3s, got the bare number 3"],
  [
    'failover: { downAfter: 3 s }',
    "1:24: 'failover.downAfter' must be a time such as 3s (a whole number of ms, s, m or h), got '3 s'",
  ],
  ['failover: { downAfter: -3s }', "1:24: 'failover.downAfter' must be a time such as 3s"],
  ['failover: [a]', "1:11: 'failover' must hold further words, such as failover: { downAfter: 3s }, got a list"],
  ['failover: 3s', "1:11: 'failover' must hold further words, such as failover: { downAfter: 3s }, got '3s'"],
  ['memory: 1024', "1:9: 'memory' must have a unit, such as 1Gi, got the bare number 1024"],
  [
    'memory: 1GB',
    "1:9: 'memory' must be a size such as 1Gi (Ki, Mi, Gi or Ti; k, M, G or T are powers of 1000), got '1GB'",
  ],
  [
    'memory: [1Gi]',
    "1:9: 'memory' must be a size such as 1Gi (Ki, Mi, Gi or Ti; k, M, G or T are powers of 1000), got a list",
  ],
  ['profile: strickt', "1:10: 'profile' must be default, strict or cache, got 'strickt'; did you mean strict?"],
  ['engine: memcached', "1:9: 'engine' must be redis, valkey, { redis: … } or { valkey: … }, got 'memcached'"],
  ['engine: { redis: 8.2 }', "1:18: 'engine.redis' must be text; put it in quotes, '8.2'"],
  ['engine: { image: x }', "1:9: 'engine' must be redis, valkey, { redis: … } or { valkey: … }, got words (image)"],
  ['engine: { redis: "8.2.2", tag: x }', "1:27: 'engine.tag' is unknown here: here it is the version"],
  ['sentinels: 3', "1:12: 'sentinels' must be with-servers or { separate: … }, got 3"],
  ['sentinels: separate', "1:12: 'sentinels' must be with-servers or { separate: … }, got 'separate'"],
  ['sentinels: { separate: {} }', "1:24: 'sentinels.separate.count' is missing, as in separate: { count: 3 }"],
  [
    'sentinels: { separate: { count: x } }',
    "1:33: 'sentinels.separate.count' must be a whole number such as 3, got 'x'",
  ],
  ['auth: { secret: { name: 3 } }', "1:25: 'auth.secret.name' must be text; put it in quotes, '3'"],
  [
    'auth: { secret: {}, literal: x }',
    "1:7: 'auth' must be none, { secret: … }, { externalSecret: … }, { generated: … } or { literal: … }, got words (secret, literal)",
  ],
  [
    'auth: { external-secret: {} }',
    "1:7: 'auth' must be none, { secret: … }, { externalSecret: … }, { generated: … } or { literal: … }, got words (external-secret); did you mean externalSecret?",
  ],
  [
    'auth: { externalSecret: { store: vault, remoteKey: a } }',
    "1:34: 'auth.externalSecret.store' must hold further words, such as store: { name: vault }, got 'vault'",
  ],
  ['persistence: aof', "1:14: 'persistence' must be none or { appendOnly: … }, got 'aof'"],
  [
    'persistence: { appendOnly: { fsync: sometimes } }',
    "1:37: 'persistence.appendOnly.fsync' must be everysec or always, got 'sometimes'",
  ],
  [
    'resources: { redis: { cpu: lots } }',
    "1:28: 'resources.redis.cpu' must be an amount of CPU such as 100m (a tenth of one) or 2, got 'lots'",
  ],
  ['labels: { version: 1 }', "1:20: 'labels.version' must be text; put it in quotes, '1'"],
  ['labels: [a]', "1:9: 'labels' must be names with texts such as { team: shop }, got a list"],
  ['verification: yes', "1:15: 'verification' must be true, false or { drill: … }, got 'yes'"],
  [
    'verification: { argoHook: true }',
    "1:17: 'verification.argoHook' is unknown here; known are drill, hook, image, readyTimeout, ttl",
  ],
  [
    'verification: { drill: true }',
    "1:24: 'verification.drill' must be switchover, observe, { switchover: … } or { observe: … }, got true",
  ],
  ['verification: { drill: switchovr }', 'did you mean switchover?'],
  [
    'verification: { drill: { observe: { limit: 5s } } }',
    "1:44: 'limit' must be whole seconds from 10 to 600 s, since",
  ],
  ['verification: { drill: { switchover: { writers: 20 } } }', "1:49: 'writers' must be a whole number from 1 to 8"],
  [
    'verification: { drill: { switchover: { writer: 2 } } }',
    "1:40: 'verification.drill.switchover.writer' is unknown here; did you mean 'writers'?",
  ],
  ['verification: { hook: argo, drill: observe }', "1:36: 'drill' must not be observe together with 'hook'"],
  [
    'network: { clients: { namespaces: shop } }',
    "1:35: 'network.clients.namespaces' must be a list such as [shop], got 'shop'",
  ],
  ['constructor: 1', "1:1: 'constructor' is unknown here"],
  ['__proto__: { servers: 3 }', "1:1: '__proto__' is unknown here"],
  ['3: x', '1:1: the word before a colon must be text'],
  ['? [a]\n: x', '1:3: the word before a colon must be text'],
  ['', "1:1: the file is empty; the least that it needs: 'memory: 1Gi'"],
  ['# only a comment\n', "1:1: the file is empty; the least that it needs: 'memory: 1Gi'"],
  ['---\n', '1:1: the file is empty'],
  ['just text', "1:1: a topology is a list of words with their values, such as: 'memory: 1Gi'"],
  ['- servers: 3', '1:1: a topology is a list of words with their values'],
  ['servers: 3\n---\nservers: 5\n', "2:1: one file holds one topology; put what follows '---' into a file of its own"],
  ['servers: 3\nservers: 5\n', '2:1: this word stands here twice; keep one of them'],
  ['failover:\n\tdownAfter: 3s\n', '2:1: a tab cannot indent in YAML; use spaces'],
  ['servers: [3', 'this is not YAML: '],
  ['servers: *three', '1:10: *three stands for nothing; no value above is marked with &three'],
  ['servers: !custom 3', '1:10: this is not YAML: '],
  ['name: My_Cache', "1:7: 'name' "],
])('%j is refused', (text, expected) => {
  const [first = '', ...others] = faults(text);
  expect(first).toContain(expected);
  expect(first).toMatch(/^cache\.yaml:\d+:\d+: /);
  expect(others).toEqual([]);
});

test.each(WRONG.map(({ topology, says }) => [topology, says]))(
  '%j is refused with its place and a remedy',
  (topology, says) => {
    const [first = '', ...others] = faults(topology);
    expect(first.replace('cache.yaml:', '')).toMatch(/^\d+:\d+: /);
    expect(first.replace('cache.yaml:', '').slice(0, says.length)).toBe(says);
    expect(others).toEqual([]);
  },
);

test('every word of another chart that has an answer is refused with it', () => {
  for (const { word, answer } of FOREIGN_WORDS.all) {
    const path = word.split('.');
    const text = path.reduceRight((inner, key) => `{ ${key}: ${inner} }`, '1');
    const problems = faults(text).join('\n');
    // Where the first word is itself another chart's, its answer is given.
    const answers = [answer, FOREIGN_WORDS.answer(path.slice(0, 1))].filter((one) => one !== undefined);
    expect(
      answers.some((one) => problems.includes(one)),
      `${word}: ${problems}`,
    ).toBe(true);
  }
});

test('merges what was marked, as YAML has it', () => {
  const text = 'resources: { sentinel: &small { cpu: 10m, memory: 64Mi }, agent: { <<: *small, memory: 96Mi } }\n';
  expect(parseTopology('cache.yaml', text).props.resources?.agent).toMatchObject({ cpu: '10m' });
  expect(
    faults('resources: { sentinel: &small { cpu: 10m, memory: 32Mi }, agent: { <<: *small, memory: 96Mi } }'),
  ).toHaveLength(1);
});

test('refuses aliases of aliases, and soon', () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
  const start = Date.now();
  expect(faults(`a0: &a0 [x]\n${levels.join('\n')}\n`)).toEqual([
    expect.stringMatching(/^cache\.yaml:2:10: aliases may repeat at most 100 values$/),
  ]);
  expect(Date.now() - start).toBeLessThan(5000);
});

test('tells everything that is wrong at once, from the top down: words, values and rules', () => {
  expect(
    faults(`memory: 1
servers: 4
failover:
  downAftr: 3s
  tiltPeriod: 5
quorum: 1
zone: a
`).map((line) => line.slice(0, 40)),
  ).toEqual([
    expect.stringMatching(/^cache\.yaml:1:9: 'memory' /),
    expect.stringMatching(/^cache\.yaml:2:10: 'servers' /),
    expect.stringMatching(/^cache\.yaml:4:3: 'failover\.downAftr' /),
    expect.stringMatching(/^cache\.yaml:5:15: 'failover\.tiltPeriod' /),
    expect.stringMatching(/^cache\.yaml:7:1: 'zone' /),
  ]);
});

test('a value used through an alias is named where it is used', () => {
  expect(faults('name: &n cache\nservers: *n\n')).toEqual([
    "cache.yaml:2:10: 'servers' must be a whole number such as 3, got 'cache'",
  ]);
});

test('a rule that a value breaks is told at that value', () => {
  expect(faults('engine: redis\nservers: 5\nsentinels:\n  separate:\n    count: 2\n')).toEqual([
    expect.stringMatching(/^cache\.yaml:5:12: 'sentinels' must be an odd number of at least 3 .*got 2/),
  ]);
});

test('reads a byte order mark and Windows line ends', () => {
  expect(faults('\ufeffservers: 3\r\nmemory: 1Gi\r\n')).toEqual([]);
});

test.each(['[', '{a: ', '- ', '? '])('refuses 15,000 nested %j without giving way', (opening) => {
  const [first, ...others] = faults(`labels:\n  ${opening.repeat(15_000)}`);
  expect(first).toMatch(/^cache\.yaml(:\d+:\d+)?: /);
  expect(first?.length).toBeLessThan(300);
  expect(others.length).toBeLessThan(20);
});

test('refuses 10,000 aliases of nothing at once', () => {
  const start = Date.now();
  expect(faults(`labels: [${'*a,'.repeat(10_000)}]`).length).toBeGreaterThan(0);
  expect(Date.now() - start).toBeLessThan(5000);
});
