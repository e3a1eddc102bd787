import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as library from '../../src/index.js';

const index = readFileSync(join(import.meta.dirname, '../../src/index.ts'), 'utf8');

it('what the library gives at run time is this, and nothing by chance', () => {
  expect(Object.keys(library).sort()).toEqual([
    'Auth',
    'Drill',
    'Engine',
    'Environment',
    'MAXMEMORY_POLICIES',
    'Maxmemory',
    'Network',
    'Persistence',
    'Profile',
    'RedisSentinel',
    'SentinelAuth',
    'Sentinels',
    'Spread',
    'Tls',
    'Topology',
    'VerificationHook',
    'clientFacts',
  ]);
});

it('every public name is written down', () => {
  expect(index).not.toContain('export *');
});
