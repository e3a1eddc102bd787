import { describe, expect, test } from 'vitest';
import { withoutUnknown } from '../../src/engine/directives.js';
import { versionIn } from '../../src/engine/version.js';
import { Engine } from '../../src/index.js';

describe('a server that is asked', () => {
  test.each([
    ['Redis server v=8.0.2 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=b843bbd074c0e1da', '8.0.2'],
    ['Valkey server v=9.1.2 sha=70a7ce0e:0 malloc=libc bits=64 build=d2240fb5107c29c6', '9.1.2'],
    ['', undefined],
    ['redis-server: not found', undefined],
  ])('%j is of version %s', (line, version) => {
    expect(versionIn(line)).toBe(version);
  });

  test.each([
    ['redis', '7.0.15', 'port 1\n'],
    ['redis', '8.0.2', 'port 1\nrepl-rdb-channel yes\n'],
    ['valkey', '8.1.1', 'port 1\n'],
    ['valkey', '9.1.2', 'port 1\ndual-channel-replication-enabled yes\n'],
  ] as const)('%s %s is spared the directives of others', (engine, version, left) => {
    const all = 'port 1\nrepl-rdb-channel yes\ndual-channel-replication-enabled yes\n';
    expect(withoutUnknown(all, engine, version)).toBe(left);
  });
});

describe('an engine', () => {
  test.each([
    ['8.2.2', '8.2.2', true],
    ['8.10.0', '8.9.1', true],
    ['8.2', '8.2.0', true],
    ['8.2.1', '8.2.2', false],
    ['9', '8.9.9', true],
    ['8.2.2-alpine', '8.2.2', true],
    ['7.4.9-bookworm', '8.0', false],
  ])('of version %s is at least %s: %s', (version, other, expected) => {
    expect(Engine.redis(version).isAtLeast(other)).toBe(expected);
  });

  test('comes from its official image, or another, with the digest if there is one', () => {
    expect(Engine.redis('8.2.2').imageReference).toBe('docker.io/library/redis:8.2.2');
    expect(Engine.valkey('9.1.2').imageReference).toBe('docker.io/valkey/valkey:9.1.2');
    const mirrored = Engine.of({
      kind: 'redis',
      version: '8.2.2',
      image: 'registry.example/redis',
      digest: 'sha256:1',
    });
    expect(mirrored.imageReference).toBe('registry.example/redis:8.2.2@sha256:1');
  });
});
