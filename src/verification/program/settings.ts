import { readFileSync } from 'node:fs';
import type { TlsOptions } from '../../client/endpoint.js';
import { type Address, parseAddress } from './address.js';
import { messageOf } from './finding.js';
import { DEFAULT_READY_TIMEOUT_SECONDS, DRILL_LIMIT_BOUNDS, DRILL_LIMIT_SECONDS, DRILL_WRITERS } from './limits.js';

/**
 * What the Job asks for. `verify` changes nothing but its own keys. After the same checks, `switchover` moves the master
 * under load, and `observe` waits under load until somebody else does.
 */
export const MODES = ['verify', 'switchover', 'observe'] as const;
export type Mode = (typeof MODES)[number];

/** A drill's own settings. */
export interface DrillSettings {
  readonly mode: Exclude<Mode, 'verify'>;
  readonly limitSeconds: number;
  readonly writers: number;
}

/** What the topology is meant to be, read from the environment that the Job sets. */
export interface ProgramSettings {
  readonly mode: Mode;
  readonly topology: string;
  readonly masterName: string;
  /** One address per Sentinel: each is asked itself. */
  readonly sentinels: readonly Address[];
  readonly servers: number;
  readonly quorum: number;
  readonly minReplicas: number;
  readonly maxLagSeconds: number;
  /** Whom it logs in as. @default - the default user */
  readonly user?: string;
  /** Of the servers; undefined: they want none. */
  readonly password?: string;
  /** Of the Sentinels, likewise. */
  readonly sentinelPassword?: string;
  /** Whom to trust, and with what to make oneself known; undefined: there is no TLS. */
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key'>;
  readonly readyTimeoutSeconds: number;
  /** Absent in mode `verify`. */
  readonly drill?: DrillSettings;
}

/** Every problem of the environment at once, so that mending takes one round. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/**
 * Reads and checks the environment.
 * @throws SettingsError naming each variable that is wrong, its value, what is allowed, and the prop that sets it
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): ProgramSettings {
  const problems: string[] = [];
  const passwordAt = readPassword(problems);

  function read<T>(
    name: string,
    parse: (value: string) => T | undefined,
    allowed: string,
    mend: string,
    fallback?: string,
  ) {
    const value = env[name] ?? fallback;
    const parsed = value === undefined ? undefined : parse(value);
    if (parsed === undefined) {
      const got = value === undefined ? 'is not set' : `is '${value}'`;
      problems.push(`environment variable ${name} ${got}, must be ${allowed}: ${mend}`);
    }
    return parsed as T;
  }
  const count = (name: string, least: number, prop: string, fallback?: string) =>
    read(name, (value) => wholeNumber(value, least), `a whole number of at least ${least}`, prop, fallback);
  const within = (name: string, least: number, most: number, prop: string, fallback: number) => {
    const parse = (value: string) => {
      const number = wholeNumber(value, least);
      return number !== undefined && number <= most ? number : undefined;
    };
    return read(name, parse, `a whole number from ${least} to ${most}`, prop, `${fallback}`);
  };

  const passwordOf = (name: string) =>
    env[name] === 'none'
      ? undefined
      : read(name, passwordAt, "the path of a file, or 'none'", "mount the topology's Secret there");
  const password = passwordOf('PASSWORD_FILE');
  const sentinels = read(
    'SENTINEL_ADDRESSES',
    parseAddresses,
    "different addresses 'host:port', separated by commas",
    "set the Job's 'sentinelAddresses', one for each Sentinel",
  );
  const sentinelCount = count('EXPECTED_SENTINELS', 1, "set the Job's 'sentinels'");
  const mode = read('MODE', oneOf(MODES), `one of ${MODES.join(', ')}`, "leave it unset for 'verify'", 'verify');
  const settings: ProgramSettings = {
    mode,
    topology: read(
      'TOPOLOGY',
      matching(/^[a-z]([-a-z0-9]*[a-z0-9])?$/),
      "a topology's name",
      "set the Job's 'topology'",
    ),
    masterName: read(
      'MASTER_NAME',
      matching(/^[A-Za-z0-9._-]+$/),
      "letters, digits, '.', '-', '_', as in 'sentinel monitor'",
      "set the Job's 'masterName'",
    ),
    sentinels,
    servers: count('EXPECTED_SERVERS', 1, "set the Job's 'servers'"),
    quorum: count('EXPECTED_QUORUM', 1, "set the Job's 'quorum'"),
    minReplicas: count('EXPECTED_MIN_REPLICAS', 0, "set the Job's 'minReplicasToWrite'"),
    maxLagSeconds: count('EXPECTED_MAX_LAG', 0, "set the Job's 'maxLagSeconds'"),
    user: env.USER_NAME,
    password,
    sentinelPassword: env.SENTINEL_PASSWORD_FILE === undefined ? password : passwordOf('SENTINEL_PASSWORD_FILE'),
    tls: readTls(env, problems),
    readyTimeoutSeconds: count('READY_TIMEOUT', 1, "set the Job's 'readyTimeout'", `${DEFAULT_READY_TIMEOUT_SECONDS}`),
    drill: mode && mode !== 'verify' ? readDrill(mode, within) : undefined,
  };
  if (sentinels && sentinelCount && sentinels.length !== sentinelCount) {
    problems.push(
      `environment variable SENTINEL_ADDRESSES names ${sentinels.length}, must name each of the ${sentinelCount} Sentinels ` +
        `of EXPECTED_SENTINELS, for each is asked itself: set the Job's 'sentinelAddresses' and 'sentinels' alike`,
    );
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function readTls(env: Readonly<Record<string, string | undefined>>, problems: string[]): ProgramSettings['tls'] {
  if (env.TLS_CA_FILE === undefined) return undefined;
  const read = (name: string) => {
    const path = env[name];
    if (path === undefined) return undefined;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      problems.push(`'${path}' (${name}) cannot be read: ${messageOf(error)}: mount the certificate's Secret there`);
      return undefined;
    }
  };
  return { ca: read('TLS_CA_FILE'), cert: read('TLS_CERT_FILE'), key: read('TLS_KEY_FILE') };
}

function readDrill(
  mode: DrillSettings['mode'],
  within: (name: string, least: number, most: number, prop: string, fallback: number) => number,
): DrillSettings {
  const { least, most } = DRILL_LIMIT_BOUNDS;
  return {
    mode,
    limitSeconds: within('DRILL_LIMIT', least, most, "set the drill's 'limit'", DRILL_LIMIT_SECONDS[mode]),
    writers: within('DRILL_WRITERS', 1, DRILL_WRITERS.most, "set the drill's 'writers'", DRILL_WRITERS.default),
  };
}

function wholeNumber(value: string, least: number): number | undefined {
  return /^\d{1,9}$/.test(value) && Number(value) >= least ? Number(value) : undefined;
}

function matching(pattern: RegExp) {
  return (value: string) => (pattern.test(value) ? value : undefined);
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (value: string) => choices.find((choice) => choice === value);
}

function parseAddresses(value: string): Address[] | undefined {
  const texts = value.split(',').map((text) => text.trim());
  const addresses = texts.map(parseAddress);
  if (new Set(texts).size !== texts.length) return undefined;
  return addresses.every((address) => address !== undefined) ? addresses : undefined;
}

/** As the servers' scripts read it, with `$(cat file)`: without the newlines at its end. */
function readPassword(problems: string[]) {
  return (path: string): string | undefined => {
    if (path === '') return undefined;
    try {
      const password = readFileSync(path, 'utf8').replace(/\n+$/, '');
      if (password === '') problems.push(`password file '${path}' is empty: put the password into the Secret's key`);
      return password;
    } catch (error) {
      problems.push(
        `password file '${path}' (PASSWORD_FILE) cannot be read: ${messageOf(error)}: mount the Secret there`,
      );
      return '';
    }
  };
}
