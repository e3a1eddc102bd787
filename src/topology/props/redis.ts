import { Maxmemory } from '../../server/maxmemory.js';
import { describeBudget, LEAST_MEMORY, maxmemoryBounds, memoryBudget } from '../../server/memory-budget.js';
import { MODULES, MODULES_SINCE, type Module, neededCommand, whyOwned } from '../../server/owned-directives.js';
import {
  type Directives,
  type DirectiveValue,
  MAXMEMORY_POLICIES,
  type MaxmemoryPolicy,
} from '../../server/redis-config.js';
import type { EntriesOf } from '../../words/mappings.js';
import { size, sizeText } from '../../words/quantities.js';
import { entry, isMapping, shown, type ValueKind } from '../../words/value-kind.js';
import { choice, listOf } from '../../words/values.js';
import { bytes } from '../units.js';
import { fault, type Violation } from '../violation.js';
import type { EngineSettings } from './engine.js';
import type { ProfileSettings } from './profile.js';
import type { ResourceSettings } from './resources.js';

/** The props about Redis itself. */
export interface RedisProps {
  /**
   * How much of its memory Redis counts as its own: data, replication backlog and clients' buffers.
   * @default Maxmemory.percent(65)
   * @see https://redis.io/docs/latest/develop/reference/eviction/
   */
  readonly maxmemory?: Maxmemory;
  /**
   * What a full server does.
   * @default - `noeviction`, in the cache profile `allkeys-lru`
   */
  readonly maxmemoryPolicy?: MaxmemoryPolicy;
  /**
   * Further directives of redis.conf; a list for one that may stand several times. Refused are those that the agent or
   * another prop owns (src/server/owned-directives.ts). One that the server does not know keeps it from starting.
   * @default - none
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
   */
  readonly redisConfig?: Directives;
  /**
   * Modules that the official image of Redis 8 and newer brings along. What they hold counts towards `maxmemory`; they
   * themselves take some memory beyond it.
   * @default - none
   */
  readonly modules?: readonly Module[];
}

export interface RedisSettings {
  /** In bytes. Absent: the share that the memory budget gives it. */
  readonly maxmemory?: number;
  /** What is dropped when the memory is full. */
  readonly maxmemoryPolicy: MaxmemoryPolicy;
  /** Further lines of redis.conf. */
  readonly redisConfig: Directives;
  /** Modules that are loaded. */
  readonly modules: readonly Module[];
}

const NAMES = Object.keys(MODULES) as Module[];

export const redisWords: EntriesOf<RedisProps> = {
  maxmemory: entry(share(), "of `memory`, or a size: data, replication backlog and clients' buffers", '65%'),
  maxmemoryPolicy: entry(
    choice(...MAXMEMORY_POLICIES),
    "what a full server does, in Redis' words",
    '`noeviction`, in `cache` `allkeys-lru`',
  ),
  redisConfig: entry(
    directives('{ notify-keyspace-events: Ex, slowlog-max-len: 512 }'),
    'further directives of redis.conf; those that the agent or another word owns are refused, with the reason',
    'none',
  ),
  modules: entry(listOf(choice(...NAMES), '[redisjson, redisearch]'), "Redis 8's own, from its official image", 'none'),
};

/** `70%` or `700Mi`. */
function share(): ValueKind<Maxmemory> {
  const amount = size('700Mi');
  return {
    example: '70%',
    schema: () => ({ type: 'string', pattern: '^(\\d{1,2}%|\\d{1,9}(\\.\\d{1,3})?([kMGT]|[KMGT]i))$' }),
    read(input, at) {
      const [, percent] = /^(\d{1,3})%$/.exec(typeof input === 'string' ? input : '') ?? [];
      if (percent !== undefined) return Maxmemory.percent(Number(percent));
      const attempt = at.sound(() =>
        typeof input === 'string' && /^\d.*[a-zA-Z]$/.test(input) ? amount.read(input, at) : undefined,
      );
      if (attempt) return Maxmemory.of(attempt);
      if (typeof input === 'string' && /^\d.*[a-zA-Z]$/.test(input)) return undefined;
      if (input === 0 || input === 'none') {
        return at.fault(
          'must be a share or a size such as 70% or 700Mi: without a limit the kernel would end a full server',
        );
      }
      return at.fault(`must be a share such as 70% or a size such as 700Mi, got ${shown(input)}`);
    },
  };
}

/** Names of redis.conf with their values. */
function directives(example: string): ValueKind<Directives> {
  const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  const plain = { type: ['string', 'number', 'boolean'] };
  return {
    example,
    schema: () => ({
      type: 'object',
      additionalProperties: { anyOf: [plain, { type: 'array', items: { type: ['string', 'number'] } }] },
    }),
    read(input, at) {
      if (!isMapping(input)) return at.fault(`must be directives with values such as ${example}, got ${shown(input)}`);
      for (const [name, value] of Object.entries(input)) {
        const sound =
          isPlain(value) || (Array.isArray(value) && value.every((each) => isPlain(each) && typeof each !== 'boolean'));
        if (!sound)
          at.at(name).fault(`must be a value as it stands in redis.conf, or a list of them, got ${shown(value)}`);
      }
      return input as Directives;
    },
  };
}

export function resolveRedis(
  props: RedisProps,
  { profile }: ProfileSettings,
  { memory }: ResourceSettings,
): RedisSettings {
  return {
    maxmemory: props.maxmemory?.bytesOf(bytes(memory)),
    maxmemoryPolicy: props.maxmemoryPolicy ?? profile.values.maxmemoryPolicy,
    redisConfig: props.redisConfig ?? {},
    modules: props.modules ?? [],
  };
}

export function* redisRules(
  settings: RedisSettings & ResourceSettings & EngineSettings,
  props: RedisProps,
): Generator<Violation> {
  yield* maxmemoryRules(settings, props);
  if (!MAXMEMORY_POLICIES.includes(settings.maxmemoryPolicy)) {
    yield fault(
      ['maxmemoryPolicy'],
      `'maxmemoryPolicy' must be one of ${MAXMEMORY_POLICIES.join(', ')}`,
      settings.maxmemoryPolicy,
      "leave it out for the profile's",
    );
  }
  for (const [name, value] of Object.entries(settings.redisConfig)) yield* directiveRules(name, value);
  yield* moduleRules(settings);
}

function* maxmemoryRules(
  { maxmemory, memory }: RedisSettings & ResourceSettings,
  props: RedisProps,
): Generator<Violation> {
  // What follows from too little memory would only echo its fault.
  if (maxmemory === undefined || bytes(memory) < LEAST_MEMORY) return;
  const { least, most } = maxmemoryBounds(bytes(memory));
  if (maxmemory >= least && maxmemory <= most) return;
  const mebibytes = (amount: number) => `${Math.floor(amount / 2 ** 20)}Mi`;
  const why =
    maxmemory > most
      ? `a server that is full would be ended when it copies itself or a replica: ${describeBudget(memoryBudget(bytes(memory)))} are usual`
      : "backlog and clients' buffers would leave nothing for data";
  yield {
    path: ['maxmemory'],
    message: `'maxmemory' must be ${mebibytes(least + 2 ** 20 - 1)} to ${mebibytes(most)} of a memory of ${sizeText(bytes(memory))}, since ${why}, got ${props.maxmemory} (${mebibytes(maxmemory)}): leave it out for 65%`,
  };
}

function* directiveRules(name: string, value: DirectiveValue): Generator<Violation> {
  const path = ['redisConfig', name];
  const owned = whyOwned(name);
  if (!/^[a-z][a-z0-9._-]*$/.test(name)) {
    yield fault(
      path,
      "'redisConfig' must name directives as redis.conf has them, in lower case",
      name,
      'write it as Redis does',
    );
  } else if (owned !== undefined) {
    yield {
      path,
      message: `'redisConfig' must not hold '${name}', which is not free here: ${owned}`,
    };
  } else if (textsOf(value).some((text) => text === '' || /\p{Cc}/u.test(text))) {
    yield {
      path,
      message: `'redisConfig.${name}' must be a value of one line, as it stands behind the name, got ${shown(value)}: give "" in quotes of its own for an empty one`,
    };
  } else if (name === 'rename-command') {
    for (const renamed of textsOf(value)) {
      const needed = neededCommand(renamed);
      if (needed === undefined) continue;
      yield {
        path,
        message: `'redisConfig.rename-command' must not take away ${needed}, which the agent or the verification sends, got '${renamed}': leave that command as it is`,
      };
    }
  }
}

function textsOf(value: DirectiveValue): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function* moduleRules({ modules, engine, images }: RedisSettings & EngineSettings): Generator<Violation> {
  const [unknown] = modules.filter((module) => !NAMES.includes(module));
  if (unknown !== undefined) {
    yield fault(['modules'], `'modules' must be of ${NAMES.join(', ')}`, unknown, 'name them as they are listed');
  }
  if (modules.length === 0) return;
  if (engine.kind !== MODULES_SINCE.engine || !engine.isAtLeast(MODULES_SINCE.version)) {
    yield {
      path: ['modules'],
      message: `'modules' must be left out with ${engine.kind} ${engine.version}, since only the images of Redis ${MODULES_SINCE.version} and newer hold them, got ${modules.join(', ')} for ${images.engine}: choose such an engine, or load your own with 'podTemplate'`,
    };
  }
  if (new Set(modules).size < modules.length) {
    yield fault(['modules'], "'modules' must name each once", modules.join(', '), 'drop the second one');
  }
}
