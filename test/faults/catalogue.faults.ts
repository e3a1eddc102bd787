import { afterAll, describe, expect, it } from 'vitest';
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
  /** The topology that most faults share. */
  let shared: Stage | undefined;

  afterAll(() => shared?.delete());

  const keepsItsPromises = async (fault: Fault, order?: Outcome['order']) => {
    const stage = (fault.shape ? undefined : shared) ?? (await Stage.build(profile, engine, fault.shape));
    if (!fault.shape) shared = undefined;
    try {
      await investigated([stage.deployment], async () => {
        const outcome = await tryFault(stage, fault, order);
        keep(outcome);
        // A topology that a fault has broken would break every test after it.
        if (outcome.wholeAfter && !fault.shape) shared = stage;
        expect(outcome.broken).toEqual([]);
      });
    } finally {
      if (shared !== stage) await stage.delete();
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
