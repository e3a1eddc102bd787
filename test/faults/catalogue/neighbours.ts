import type { Fault, Promises } from '../fault.js';
import { numbered } from '../numbered.js';
import { handedOver, undisturbed } from './promises.js';

const BUSY_SECONDS = numbered('FAULT_BUSY_SECONDS', 60);
const LOOPS_PER_PROCESSOR = 4;

/** A value that a client asks for again and again, and how often: 2 GB, as much as the server's container may have. */
const LARGE_VALUE = 10_000_000;
const TIMES = 200;
const DEAF_SECONDS = 20;

/** The load's own clients wait for a processor too. */
const busy = (): Promises => ({ ...undisturbed(), outage: 5000 });

/** What other programs do to the servers: those on the node, and the clients. */
export const NEIGHBOURS: readonly Fault[] = [
  {
    name: 'node of the master busy',
    does: `a pod on the master's node that takes all it gets of the processors, ${LOOPS_PER_PROCESSOR} loops for each, for ${BUSY_SECONDS} s`,
    needs: 'nothing',
    promises: busy,
    inject: (target) => target.busy(LOOPS_PER_PROCESSOR, BUSY_SECONDS),
    inspect: (target) => target.unsaid('agent', /ended-server/),
  },
  {
    name: 'client does not read its answers',
    does: `a client asks for ${TIMES} times ${LARGE_VALUE / 1e6} MB, and does not read them for ${DEAF_SECONDS} s`,
    needs: 'nothing',
    promises: undisturbed,
    async prepare(target) {
      const value = `redis.call('SET', 'large', string.rep('x', ${LARGE_VALUE}))`;
      await target.inPod(target.master, 'redis', 'ask.sh', 'EVAL', value, '0');
    },
    inject: (target) => target.deafClient('large', TIMES, DEAF_SECONDS),
    async tidy(target) {
      await target.inPod(target.master, 'redis', 'ask.sh', 'UNLINK', 'large');
    },
  },
  {
    name: 'maxclients reached then pod of the master deleted',
    does: 'the master accepts no connection any more, not even from its own pod; then kubectl delete pod',
    needs: 'nothing',
    // Nobody who was connected notices.
    promises: handedOver,
    async inject(target) {
      await target.inPod(target.master, 'redis', 'ask.sh', 'CONFIG', 'SET', 'maxclients', '1');
      await target.delete(target.master);
    },
  },
];
