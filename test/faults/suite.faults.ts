import { describe, expect, it } from 'vitest';
import { faultNamed } from './catalogue.js';
import { testOfSuite } from './choice.js';
import type { ProfileName } from './facts.js';
import { NO_GUARD, NO_HAND_OVER, NO_PRIORITY_RULE, type Sabotage, sabotaged } from './sabotage.js';
import { Stage } from './stage.js';
import { tryFault } from './trial.js';

interface Case {
  readonly sabotage: Sabotage;
  readonly profile: ProfileName;
  readonly fault: string;
}

/** Each protection, with the fault that it is there for. */
const cases: readonly Case[] = [
  { sabotage: NO_GUARD, profile: 'default', fault: 'all pods deleted and the volume of the master lost' },
  { sabotage: NO_PRIORITY_RULE, profile: 'default', fault: 'master killed while its only replica synchronises' },
  { sabotage: NO_HAND_OVER, profile: 'strict', fault: 'pod of the master deleted' },
];

describe.skipIf(!testOfSuite)('the suite finds lost writes where there are any', { sequential: true }, () => {
  it.each(cases)('with $sabotage.name switched off: $fault', async ({ sabotage, profile, fault }) => {
    const stage = await Stage.build(profile, 'redis', {}, (manifest) => sabotaged(manifest, sabotage));
    try {
      const outcome = await tryFault(stage, faultNamed(fault));
      expect(outcome.lost).toBeGreaterThan(0);
      expect(outcome.broken.join('\n')).toMatch(/writes lost/);
    } finally {
      await stage.delete();
    }
  });
});
