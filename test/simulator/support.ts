import { type Room, type Shape, shapeOf } from '../../src/simulator/shape.js';
import { Topology } from '../../src/topology/topology.js';
import { parseTopology } from '../../src/topology-file/load.js';

/** Of a topology file with that text. */
export function shape(text: string, room: Room = {}): Shape {
  const { settings } = Topology.resolve(parseTopology('cache.yaml', text).props);
  if (!settings) throw new Error(`unsound: ${text}`);
  return shapeOf(settings, room);
}

export const CONFIRMED = { rate: 200, confirmed: true };
export const UNCONFIRMED = { rate: 200, confirmed: false };
