import { isIP } from 'node:net';
import type { Address } from './decide/known.js';
import { type Addresses, withoutDot } from './names.js';
import type { AgentSettings } from './settings.js';

/**
 * A member is called by the address of its Service or, with TLS, by the Service's name; and while TLS is turned on or off some
 * say the one and some the other. Whatever is told is taken for the form of the plan here, and nowhere else.
 */
export interface Forms {
  /** The member's place in the plan, whichever form it was told in; what is no member's stays as it is. */
  canonical(told: Address): Address;
  /** The member as somebody calls it who last said `told`. Names are said to all who can resolve them. */
  like(told: string | undefined, member: Address): Address;
}

/** Where all say the same. */
export const ONE_FORM: Forms = { canonical: (told) => told, like: (_told, member) => member };

/**
 * @param located by `locate`
 * @param planned the form of the plan, by `announced`
 */
export function formsOf(
  settings: Pick<AgentSettings, 'servers' | 'sentinels'>,
  located: Addresses,
  planned: Addresses,
): Forms {
  const planForm = new Map<string, Address>();
  const names = new Map<Address, string>();
  for (const part of ['servers', 'sentinels'] as const) {
    for (const [place, member] of planned[part].entries()) {
      const name = withoutDot(settings[part][place] as string);
      planForm.set(name, member).set(located[part][place] as string, member);
      names.set(member, name);
    }
  }
  return {
    canonical: (told) => planForm.get(withoutDot(told)) ?? told,
    like: (told, member) => (told !== undefined && isIP(told) === 0 ? (names.get(member) ?? member) : member),
  };
}
