import { type EntriesOf, either, mapping, ways } from '../../words/mappings.js';
import { size } from '../../words/quantities.js';
import { entry, required } from '../../words/value-kind.js';
import { count, text } from '../../words/values.js';
import { Sentinels, type SeparateSentinelsProps } from '../sentinels.js';
import type { Violation } from '../violation.js';
import type { ProfileSettings } from './profile.js';

/** The props about servers and Sentinels. */
export interface MemberProps {
  /**
   * Redis servers: one master, the others its replicas.
   * @default 3
   */
  readonly servers?: number;
  /**
   * Beside the servers, or in pods of their own.
   * @default Sentinels.withServers()
   */
  readonly sentinels?: Sentinels;
  /**
   * How many Sentinels must agree that the master is down; a majority.
   * @default - the smallest majority
   */
  readonly quorum?: number;
}

export interface MemberSettings {
  /** How many servers there are. */
  readonly servers: number;
  /** Number of Sentinels, wherever they run. */
  readonly sentinels: number;
  /** Whether the Sentinels run in pods of their own. */
  readonly hasSeparateSentinels: boolean;
  /** How many Sentinels must agree that the master is down. */
  readonly quorum: number;
}

export const memberWords: EntriesOf<MemberProps> = {
  servers: entry(count(3), 'one master, the others its replicas', '3'),
  sentinels: entry(
    either(
      { 'with-servers': Sentinels.withServers() },
      ways<{ separate?: SeparateSentinelsProps }, object, Sentinels>(
        {
          separate: entry(
            mapping<SeparateSentinelsProps>(
              {
                count: required(count(3), 'how many: odd, at least 3'),
                size: entry(size('100Mi'), 'of the volume of each', '100Mi'),
                storageClass: entry(text('fast'), 'of the volume', "the cluster's default"),
              },
              'separate: { count: 3 }',
            ),
            'Sentinels in pods of their own',
          ),
        },
        {},
        ({ separate }) => Sentinels.separate(separate as SeparateSentinelsProps),
      ),
    ),
    "one in each server's pod, or in pods of their own",
    'with-servers',
  ),
  quorum: entry(count(2), 'how many Sentinels must consider the master down; a majority', 'the smallest majority'),
};

/** The smallest majority of `sentinels`. */
export function majority(sentinels: number): number {
  return Math.floor(sentinels / 2) + 1;
}

/**
 * Replicas that make, with their master, more than half of the servers. What they confirmed is on at least one server of
 * any majority, so that whoever a majority elects can have it; and a master cut off with fewer is on the smaller side.
 */
export function majorityOfReplicas(servers: number): number {
  return Math.floor(servers / 2);
}

export function resolveMembers(props: MemberProps): MemberSettings {
  const servers = props.servers ?? 3;
  const separate = props.sentinels?.separate;
  const sentinels = separate?.count ?? servers;
  return {
    servers,
    sentinels,
    hasSeparateSentinels: separate !== undefined,
    quorum: props.quorum ?? majority(sentinels),
  };
}

/** Each is named to every agent, which takes no more of them. */
const MOST = 99;

/** How many servers and Sentinels, and how many of them must agree. */
export function* memberRules(settings: MemberSettings & ProfileSettings): Generator<Violation> {
  const { servers, sentinels, quorum, hasSeparateSentinels } = settings;
  if (!Number.isInteger(servers) || servers < 2) {
    yield {
      path: ['servers'],
      message: `'servers' must be a whole number of at least 2 so that there is a replica to promote, got ${servers}: give 3, or 2 with separate Sentinels`,
    };
  } else if (servers > MOST) {
    yield tooMany(['servers'], 'servers', servers, 'one master feeds all its replicas');
  } else if (!hasSeparateSentinels && !isOddFrom3(servers)) {
    yield {
      path: ['servers'],
      message: `'servers' must be an odd number of at least 3 while each has a Sentinel in its pod, so that a majority of Sentinels survives one loss, got ${servers}: give ${servers < 3 ? 3 : servers + 1} servers${settings.profile.values.name === 'strict' ? '' : ', or separate Sentinels with a count of 3'}`,
    };
  }
  if (hasSeparateSentinels && !isOddFrom3(sentinels)) {
    yield {
      path: ['sentinels', 'separate', 'count'],
      message: `'sentinels' must be an odd number of at least 3 so that a majority survives one loss, got ${sentinels}: give ${Math.max(3, Math.floor(sentinels / 2) * 2 + 1)}, as an even number outlives no more losses than the odd one below it`,
    };
  } else if (hasSeparateSentinels && sentinels > MOST) {
    yield tooMany(['sentinels', 'separate', 'count'], 'sentinels', sentinels, 'each of them asks all others');
  }
  if (isOddFrom3(sentinels) && (!Number.isInteger(quorum) || quorum < majority(sentinels) || quorum > sentinels)) {
    yield {
      path: ['quorum'],
      message: `'quorum' must be a majority of the ${sentinels} Sentinels, ${majority(sentinels)} to ${sentinels}, so that the smaller side of a partition never calls the master dead, got ${quorum}: leave it out for ${majority(sentinels)}`,
    };
  }
}

function tooMany(path: readonly string[], prop: string, got: number, why: string): Violation {
  return { path, message: `'${prop}' must be at most ${MOST}, since ${why}, got ${got}: give 3 or 5` };
}

function isOddFrom3(number: number): boolean {
  return Number.isInteger(number) && number >= 3 && number % 2 === 1;
}
