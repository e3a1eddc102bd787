import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { derivedPassword, OWN_USERS, type OwnUser } from '../../client/own-users.js';
import type { Part } from './decide/password.js';
import type { Keys } from './know/link.js';
import type { ListedPasswords } from './listed-passwords.js';
import { admission, type InForce } from './render/admission.js';
import type { AgentSettings } from './settings.js';

/** Of the ConfigMap: each user of servers or Sentinels with its rights, and without a password. */
const FILES: Readonly<Record<Part, string>> = { server: 'users.acl', sentinel: 'sentinel-users.acl' };

export interface Login {
  readonly user?: string;
  readonly password?: string;
}

/**
 * As whom a part of the topology logs in, with that password of the topology's: as its own user, or as the default one where
 * there are no users, or are not used yet.
 */
export function loginOf({ users }: Pick<AgentSettings, 'users'>, user: OwnUser, password: string | undefined): Login {
  if (password === undefined || users === undefined || users.default === 'used') return { password };
  return { user, password: derivedPassword(password, user) };
}

/** What the agent's own connections log in with. */
export function agentKeys(settings: Pick<AgentSettings, 'users'>, passwords: InForce): Keys {
  return {
    user: loginOf(settings, 'agent', '').user,
    get used() {
      return loginOf(settings, 'agent', passwords.used).password;
    },
    get accepted() {
      return loginOf(settings, 'agent', passwords.accepted).password;
    },
  };
}

/** Who is let in, as the lines of a configuration, and as commands to a part that runs. */
export class Accounts {
  constructor(
    private readonly settings: Pick<AgentSettings, 'users' | 'configDir'>,
    /** Of the servers, and where there are users of the Sentinels too. */
    private readonly passwords: InForce,
    private readonly listed: ListedPasswords | undefined,
  ) {}

  /** @param passwords of that part, where there are no users */
  lines(part: Part, passwords: InForce): string[] {
    if (!this.settings.users) return admission(passwords);
    return this.templates(part).map(({ name, rights }) => {
      const hashes = this.hashesOf(name, rights);
      if (hashes === undefined) return `user ${name} ${rights}`;
      return `user ${name} ${passwordRules(hashes)} ${rights}`;
    });
  }

  /** For the users whose passwords come from the topology's: both that are in force, at once, and no others. */
  admitOwn(part: Part): string[][] {
    const commands: string[][] = [];
    for (const { name, rights } of this.templates(part)) {
      const hashes = this.isListed(name) ? undefined : this.hashesOf(name, rights);
      if (hashes) commands.push(setUser(name, hashes));
    }
    return commands;
  }

  /** The same for one whose password is in a Secret of its own. */
  admitListed(name: string): string[] {
    return setUser(name, this.listed?.hashesOf(name) ?? []);
  }

  /** Undefined: it has none, whatever is known. */
  private hashesOf(name: string, rights: string): readonly string[] | undefined {
    if (/^(off|on nopass)\b/.test(rights)) return undefined;
    if (this.isListed(name)) return this.listed?.hashesOf(name) ?? [];
    const { used, accepted } = this.passwords;
    const isOwn = OWN_USERS.includes(name as OwnUser);
    return [used, accepted].flatMap((password) => {
      if (password === undefined) return [];
      return hashOf(isOwn ? derivedPassword(password, name as OwnUser) : password);
    });
  }

  private isListed(name: string): boolean {
    return isListed(name);
  }

  private templates(part: Part) {
    return templatesIn(readFileSync(join(this.settings.configDir, FILES[part]), 'utf8'));
  }
}

/** Names of the users whose passwords are in a Secret: those that are neither the topology's own nor the default one. */
export function listedUsers({ configDir }: Pick<AgentSettings, 'configDir'>): string[] {
  const text = readFileSync(join(configDir, FILES.server), 'utf8');
  return templatesIn(text).flatMap(({ name }) => (isListed(name) ? name : []));
}

function isListed(name: string): boolean {
  return name !== 'default' && !OWN_USERS.includes(name as OwnUser);
}

function templatesIn(text: string): { readonly name: string; readonly rights: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, name, rights] = /^user (\S+) (.+)$/.exec(line) ?? [];
    return name === undefined || rights === undefined ? [] : { name, rights };
  });
}

/** A server keeps the hash of a password and not itself; so does every file that is rendered for it. */
export function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** One without a password is let in by nobody. */
function passwordRules(hashes: readonly string[]): string {
  return hashes.length === 0 ? 'off' : ['on', ...hashes.map((hash) => `#${hash}`)].join(' ');
}

/** `resetpass` and the passwords in one command: it takes effect as a whole, and ends no connection. */
function setUser(name: string, hashes: readonly string[]): string[] {
  return ['ACL', 'SETUSER', name, 'resetpass', ...passwordRules(hashes).split(' ')];
}
