import { Duration, Size } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Auth, type RedisSentinelProps, Sentinels, Topology } from '../../src/index.js';
import { EVERY_PROP, TOPOLOGIES } from '../manifests/topologies.js';
import { ENGINE } from './refusals/engine.js';
import { FAILOVER } from './refusals/failover.js';
import { MEMBERS } from './refusals/members.js';
import { NAMES } from './refusals/names.js';
import { PASSWORD } from './refusals/password.js';
import type { Refusal } from './refusals/refusal.js';
import { SIZES } from './refusals/sizes.js';
import { STRICT } from './refusals/strict.js';
import { TLS } from './refusals/tls.js';
import { WRITE_SAFETY } from './refusals/write-safety.js';

/** Every rule that the props break. */
function checkTopology(props: RedisSentinelProps & { readonly name: string }) {
  return Topology.resolve(props).violations ?? [];
}

/** By the kind of rule, as src/topology/props has a file for each. */
const REFUSALS: Record<string, readonly Refusal[]> = {
  members: MEMBERS,
  'write safety': WRITE_SAFETY,
  'the strict profile': STRICT,
  failover: FAILOVER,
  sizes: SIZES,
  engine: ENGINE,
  names: NAMES,
  password: PASSWORD,
  tls: TLS,
};

describe.each(Object.entries(REFUSALS))('%s', (_title, cases) => {
  test.each(cases)('refuses $fault', ({ props, path, says }) => {
    const violations = checkTopology({ name: 'cache', ...props });
    expect(violations).toHaveLength(1);
    expect(violations[0]?.path).toEqual(path);
    if (typeof says === 'string') expect(violations[0]?.message).toContain(says);
    else expect(violations[0]?.message).toMatch(says);
  });
});

test.each(Object.values(REFUSALS).flat())(
  'the message for $fault says the prop, the rule and a remedy',
  ({ props, path }) => {
    const [violation] = checkTopology({ name: 'cache', ...props });
    expect(violation?.message).toMatch(/^'[\w.]+' must .+: \S+/);
    expect(violation?.path).toEqual(path);
  },
);

test.each(Object.entries(TOPOLOGIES))('takes %s', (_title, props) => {
  expect(checkTopology({ name: 'cache', ...props })).toEqual([]);
});

test('never repeats a password', () => {
  const messages = checkTopology({ name: 'cache', auth: Auth.literal('hunter2\n') });
  expect(messages).toHaveLength(2);
  expect(JSON.stringify(messages)).not.toContain('hunter2');
});

test('names all faults at once, in the order of their kinds', () => {
  const paths = checkTopology({
    ...EVERY_PROP,
    name: 'X',
    sentinels: Sentinels.separate({ count: 4 }),
    memory: Size.mebibytes(1),
  }).map(({ path }) => path[0]);
  expect(paths).toEqual(['name', 'sentinels', 'memory', 'resources']);
});

test('a bad downAfter is one fault, not one for each period that follows from it', () => {
  expect(checkTopology({ name: 'cache', failover: { downAfter: Duration.millis(10) } })).toHaveLength(1);
});

test.each([500, 1000, 3000, 10_000, 60_000])('a downAfter of %i ms needs no other setting', (downAfter) => {
  expect(checkTopology({ name: 'cache', failover: { downAfter: Duration.millis(downAfter) } })).toEqual([]);
});
