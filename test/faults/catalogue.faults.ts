import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { investigated } from '../cluster/support/diagnostics.js';
import { count, engines, faultsFor, possible, profiles, randomOrder, seed, times } from './choice.js';
import type { Fault } from './fault.js';
import type { Outcome } from './outcome.js';
import { keep } from './results.js';
import { Stage } from './stage.js';
import { factsOf, topologyOf } from './topologies.js';
import { tryFault } from './trial.js';

const topologies = profiles.flatMap((profile) => engines.map((engine) => ({ profile, engine })));

describe.each(topologies)('the topology $profile on $engine', { sequential: true }, ({ profile, engine }) => {
  const faults = faultsFor(factsOf(topologyOf(profile, engine), profile));
  let stage: Stage | undefined;

  beforeEach(async () => {
    stage ??= await Stage.build(profile, engine);
  });

  afterAll(() => stage?.delete());

  const keepsItsPromises = async (fault: Fault, order?: Outcome['order']) => {
    const current = stage as Stage;
    // A topology that a fault has broken would break every test after it.
    stage = undefined;
    try {
      await investigated([current.deployment], async () => {
        const outcome = await tryFault(current, fault, order);
        keep(outcome);
        if (outcome.wholeAfter) stage = current;
        expect(outcome.broken).toEqual([]);
      });
    } finally {
      if (!stage) await current.delete();
    }
  };

  describe.skipIf(times === 0)('keeps its promises, each fault by itself', () => {
    for (const fault of faults) {
      for (let time = 1; time <= times; time++) {
        const name = times > 1 ? `${fault.name}, ${time} of ${times}` : fault.name;
        it.skipIf(!possible(fault))(name, () => keepsItsPromises(fault));
      }
    }
  });

  describe.skipIf(count === 0)(`keeps its promises, faults in random order ${seed}`, () => {
    for (const [turn, fault] of randomOrder(faults.filter(possible), count, seed).entries()) {
      it(`${turn + 1}: ${fault.name}`, () => keepsItsPromises(fault, { seed, turn }));
    }
  });
});
