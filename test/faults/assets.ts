import ask from './scripts/ask.sh';
import askSentinel from './scripts/ask-sentinel.sh';
import empty from './scripts/empty.sh';
import fill from './scripts/fill.sh';
import fillDisk from './scripts/fill-disk.sh';
import freeDisk from './scripts/free-disk.sh';
import starve from './scripts/starve.sh';

/** Scripts that run in the topology's own containers. */
export const IN_POD = {
  'ask.sh': ask,
  'ask-sentinel.sh': askSentinel,
  'empty.sh': empty,
  'fill.sh': fill,
  'fill-disk.sh': fillDisk,
  'free-disk.sh': freeDisk,
};

/** Scripts that run on a node, with power over its processes; their first argument is a container's id. */
export const ON_NODE = { 'starve.sh': starve };
