import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ask from './scripts/ask.sh';
import askSentinel from './scripts/ask-sentinel.sh';
import busy from './scripts/busy.sh';
import damage from './scripts/damage.sh';
import empty from './scripts/empty.sh';
import fill from './scripts/fill.sh';
import fillDisk from './scripts/fill-disk.sh';
import freeDisk from './scripts/free-disk.sh';
import killAtHandOver from './scripts/kill-at-hand-over.sh';
import leftovers from './scripts/leftovers.sh';
import putAside from './scripts/put-aside.sh';
import starve from './scripts/starve.sh';

/** Scripts that run in the topology's own containers. */
export const IN_POD = {
  'ask.sh': ask,
  'ask-sentinel.sh': askSentinel,
  'damage.sh': damage,
  'empty.sh': empty,
  'fill.sh': fill,
  'fill-disk.sh': fillDisk,
  'free-disk.sh': freeDisk,
  'leftovers.sh': leftovers,
  'put-aside.sh': putAside,
};

/** Scripts that run on a node, with power over its processes; their first argument is a container's id. */
export const ON_NODE = { 'kill-at-hand-over.sh': killAtHandOver, 'starve.sh': starve };

/** Scripts of pods that a fault makes. */
export const IN_OTHER_POD = { 'busy.sh': busy };

/** Programs that run in a client's pod. */
export const IN_CLIENT = {
  'deaf-client.cjs': readFileSync(join(import.meta.dirname, 'scripts/deaf-client.cjs'), 'utf8'),
};
