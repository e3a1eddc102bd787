import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/index.js';

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
