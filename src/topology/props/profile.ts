import type { EntriesOf } from '../../words/mappings.js';
import { entry } from '../../words/value-kind.js';
import { named } from '../../words/values.js';
import { Environment } from '../environment.js';
import { Profile } from '../profile.js';

/** The props that others take their defaults from. */
export interface ProfileProps {
  /**
   * How consistency is weighed against performance and availability.
   * @default Profile.DEFAULT
   */
  readonly profile?: Profile;
  /**
   * What the topology is for: only one for development may have its password in the manifests.
   * @default Environment.PRODUCTION
   */
  readonly environment?: Environment;
}

export interface ProfileSettings {
  /** The profile that defaults came from. */
  readonly profile: Profile;
  /** What the topology is for. */
  readonly environment: Environment;
}

export const profileWords: EntriesOf<ProfileProps> = {
  profile: entry(
    named({ default: Profile.DEFAULT, strict: Profile.STRICT, cache: Profile.CACHE }),
    'consistency, or performance and availability: a set of answers, of which each can also be given singly',
    'default',
  ),
  environment: entry(
    named({ production: Environment.PRODUCTION, development: Environment.DEVELOPMENT }),
    'only `development` may have a literal password, or none with an open network',
    'production',
  ),
};

export function resolveProfile({ profile, environment }: ProfileProps): ProfileSettings {
  return { profile: profile ?? Profile.DEFAULT, environment: environment ?? Environment.PRODUCTION };
}
