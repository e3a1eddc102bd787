import { describe, expect, it } from 'vitest';
import { TRIED } from '../../src/simulator/measured.js';
import { podsInZone, podsOnNode } from '../../src/simulator/places.js';
import { describeShape } from '../../src/simulator/shape.js';
import { shape } from './support.js';

describe('what is simulated of a topology', () => {
  it.each(['strict', 'default', 'cache'] as const)(
    'is what the profile %s says, as it was tried on the cluster',
    (profile) => {
      expect(shape(`profile: ${profile}`)).toMatchObject({ profile, ...TRIED[profile] });
    },
  );

  it('is what the file says where that differs from the profile', () => {
    const text = [
      'servers: 2',
      'sentinels: { separate: { count: 3 } }',
      'failover: { downAfter: 5s }',
      'writeSafety: { minReplicasToWrite: 0 }',
      'persistence: { appendOnly: { fsync: always } }',
    ].join('\n');
    expect(shape(text)).toMatchObject({
      servers: 2,
      separateSentinels: 3,
      quorum: 2,
      downAfter: 5000,
      minReplicas: 0,
      fsync: 'always',
      whenAbandonedAfter: 120_000,
    });
  });

  it('can be told in a line', () => {
    expect(describeShape(shape('profile: strict'))).toBe(
      'strict, 3 servers, a Sentinel with each, 3 nodes in 3 zones, downAfter 3 s, writes need 1 of the replicas within 2 s, fsync always',
    );
  });
});

describe('where the pods are', () => {
  const places = shape('servers: 5').places;

  it('is a node for each, and the nodes take turns in the zones', () => {
    expect(places).toMatchObject({ nodes: 5, zones: 3, nodeOf: [0, 1, 2, 3, 4], zoneOf: [0, 1, 2, 0, 1] });
    expect(podsInZone(places, 0)).toEqual([0, 3]);
  });

  it('is the same node for a server and a separate Sentinel, which are of two sets', () => {
    const text = 'profile: cache\nservers: 2\nsentinels: { separate: { count: 3 } }';
    expect(podsOnNode(shape(text).places, 0)).toEqual([0, 2]);
  });

  it('is refused on too few nodes, where no two pods may share one', () => {
    expect(() => shape('servers: 5', { nodes: 3 })).toThrow(
      "--nodes must be at least 5, since 'spread' is required and no two pods of a set share a node, got 3: give 5, or 'spread: preferred'",
    );
    expect(shape('servers: 5\nspread: preferred', { nodes: 3 }).places.nodeOf).toEqual([0, 1, 2, 0, 1]);
  });
});
