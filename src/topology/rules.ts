import { authRules } from './rules-auth.js';
import { engineRules } from './rules-engine.js';
import { failoverRules } from './rules-failover.js';
import { memberRules } from './rules-members.js';
import { nameRules } from './rules-names.js';
import { sizeRules } from './rules-sizes.js';
import { strictRules, writeSafetyRules } from './rules-write-safety.js';
import { type NamedProps, resolve } from './settings.js';
import type { Violation } from './violation.js';

export type { Violation } from './violation.js';

/** Every rule that a topology breaks; none when it is sound. The one source of validation. Nothing is thrown. */
export function checkTopology(props: NamedProps): Violation[] {
  const settings = resolve(props);
  return [
    ...nameRules(settings, props),
    ...authRules(settings),
    ...engineRules(settings),
    ...memberRules(settings),
    ...sizeRules(settings),
    ...writeSafetyRules(settings, props),
    ...strictRules(settings),
    ...failoverRules(settings),
  ];
}
