import type { Accounts } from './accounts.js';
import type { Clock } from './clock.js';
import type { Plan } from './decide/known.js';
import type { Forms } from './forms.js';
import type { ListedPasswords } from './listed-passwords.js';
import type { Passwords } from './passwords.js';
import type { AgentSettings } from './settings.js';
import type { Reach, Trust } from './trust.js';

/** What most of the agent's parts need to know. */
export interface Surroundings {
  readonly settings: AgentSettings;
  readonly plan: Plan;
  /** Of the servers. */
  readonly passwords: Passwords;
  /** Of the Sentinels: the very same where they have no other. */
  readonly sentinelPasswords: Passwords;
  /** Undefined: there is no TLS. */
  readonly trust?: Trust;
  /** @default - everybody is reached at the very address */
  readonly reach?: Reach;
  /** How others call a member. */
  readonly forms: Forms;
  readonly accounts: Accounts;
  /** Of the users whose Secrets are their own. Absent: there are no users. */
  readonly listed?: ListedPasswords;
  readonly clock: Clock;
  /** Something is known that was not known before: the decisions are taken anew, soon. */
  changed(): void;
  /** An answer has come that says what the one before it said: where nothing is going on, no reason to decide anew. */
  unchanged(): void;
  say(line: string): void;
}
