import type { Accounts } from './accounts.js';
import type { Part } from './decide/password.js';
import { Rhythm } from './know/rhythm.js';
import type { Sentinels } from './know/sentinels.js';
import type { Servers } from './know/servers.js';
import type { ListedPasswords } from './listed-passwords.js';
import type { Surroundings } from './surroundings.js';

/** The mounted files are looked at so often, ms. */
const LOOK_MS = 1000;
const ASK_MS = 1000;

/** Where the change of one user's password stands in this pod. */
export type UserState = 'no password' | 'one password' | 'two passwords' | 'two passwords, not told yet';

/**
 * Follows the Secrets of the users that are not the topology's own. A new password is let in beside the one of before, by the
 * server and the Sentinel of this pod; nothing here uses it, so there is no more to it.
 */
export class ListedChange {
  private readonly looks = new Rhythm(LOOK_MS);
  /** Users of whose passwords a part has still to be told. */
  private readonly owed: Readonly<Record<Part, Set<string>>> = { server: new Set(), sentinel: new Set() };
  private readonly faults = new Map<string, string>();

  constructor(
    private readonly around: Surroundings,
    private readonly listed: ListedPasswords,
    private readonly accounts: Accounts,
    private readonly servers: Servers,
    private readonly sentinels: Sentinels,
  ) {
    this.look();
  }

  /** For /status. */
  get states(): Readonly<Record<string, UserState>> {
    return Object.fromEntries(this.listed.users.map((user) => [user, this.stateOf(user)]));
  }

  /** @returns when to look again */
  tend(now: number): number {
    if (this.looks.isUp(now)) {
      this.look();
      for (const part of this.parts()) this.tell(part);
    }
    return this.looks.due;
  }

  private stateOf(user: string): UserState {
    const count = this.listed.hashesOf(user).length;
    if (count < 2) return count === 0 ? 'no password' : 'one password';
    return this.parts().some((part) => this.owed[part].has(user)) ? 'two passwords, not told yet' : 'two passwords';
  }

  private look(): void {
    const { say, settings } = this.around;
    try {
      for (const { user, changed, fault } of this.listed.look()) {
        this.sayFault(user, fault);
        if (!changed) continue;
        for (const part of this.parts()) this.owed[part].add(user);
        if (this.listed.hashesOf(user).length > 1) say(`user-password-changed user=${user} accepted=both`);
      }
    } catch {
      say(`error volume: the passwords in ${settings.keptDir} cannot be written; those of before stay in force`);
    }
  }

  /** Once for each fault. */
  private sayFault(user: string, fault: string | undefined): void {
    if (this.faults.get(user) === fault) return;
    if (fault === undefined) {
      this.faults.delete(user);
      return;
    }
    this.faults.set(user, fault);
    const rest =
      this.listed.hashesOf(user).length === 0 ? 'nobody can log in as it' : 'the one of before stays in force';
    this.around.say(`user-password-ignored user=${user} reason=${fault}; ${rest}`);
  }

  private parts(): Part[] {
    const { hasServer, hasSentinel } = this.around.plan;
    return [...(hasServer ? (['server'] as const) : []), ...(hasSentinel ? (['sentinel'] as const) : [])];
  }

  /** What does not run, or does not answer, is told again. */
  private tell(part: Part): void {
    const { plan } = this.around;
    const link = (part === 'server' ? this.servers.target(plan.me) : this.sentinels.target(plan.nearest))?.link;
    for (const user of this.owed[part]) {
      const command = this.accounts.admitListed(user);
      link?.ask(
        command,
        ({ kind }) => {
          if (kind === 'reply' && command.join() === this.accounts.admitListed(user).join())
            this.owed[part].delete(user);
        },
        ASK_MS,
      );
    }
  }
}
