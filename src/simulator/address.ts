import type { ProfileName, Severity } from '../simulation/settings.js';
import { type Act, readAct } from './acts.js';

/** What an address says of a run: with it, another machine comes to the same events. */
export interface Address {
  /** Undefined only of a test: as its seed draws it. */
  readonly profile?: ProfileName;
  /** A topology file, in the place of the profile. */
  readonly yaml?: string;
  readonly seed: number;
  readonly rate: number;
  readonly confirmed: boolean;
  readonly nodes?: number;
  readonly zones?: number;
  readonly acts: readonly Act[];
  /** From when on the clients write as much as asked, ms. @default - from before a person sees anything */
  readonly awake?: number;
  /** Where the clock stands, ms. */
  readonly time: number;
  /** A schedule of `npm run simulate`: its severity, or as its seed draws it. Then only seed, profile and acts count. */
  readonly test?: Severity | 'drawn';
  readonly story?: string;
}

/** All is whole by then, ms. */
export const STARTED_MS = 8000;
export const USUAL: Address = { profile: 'strict', seed: 1, rate: 200, confirmed: false, acts: [], time: STARTED_MS };

const PROFILES: readonly string[] = ['strict', 'default', 'cache'];
const SEVERITIES: readonly string[] = ['few', 'many', 'beyond', 'drawn'];
const MOST_RATE = 2000;
/** A run of more is no longer played in a moment, ms. */
export const LONGEST_MS = 600_000;

/** What stands behind `#`. What is as usual is left out. */
export function writeAddress(address: Address): string {
  const { profile, yaml, seed, rate, confirmed, nodes, zones, acts, awake, time, test, story } = address;
  const words = [
    ...(profile === undefined ? [] : [`profile=${profile}`]),
    `seed=${seed}`,
    ...(test === undefined ? [] : [`test=${test}`]),
    ...(rate === USUAL.rate ? [] : [`load=${rate}`]),
    ...(confirmed ? ['confirmed=yes'] : []),
    ...(nodes === undefined ? [] : [`nodes=${nodes}`]),
    ...(zones === undefined ? [] : [`zones=${zones}`]),
    ...(acts.length === 0 ? [] : [`faults=${acts.map(({ act, at }) => `${act}@${at}`).join(',')}`]),
    ...(awake === undefined ? [] : [`awake=${awake}`]),
    `t=${Math.round(time)}`,
    ...(story === undefined ? [] : [`story=${story}`]),
    ...(yaml === undefined ? [] : [`yaml=${encodeURIComponent(yaml)}`]),
  ];
  return words.join('&');
}

/** What of it is not understood is told in `problems`, and is as usual. */
export function readAddress(hash: string): { address: Address; problems: string[] } {
  const problems: string[] = [];
  const words = new Map<string, string>();
  for (const word of hash.replace(/^#/, '').split('&')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(word) ?? [];
    if (name !== '') words.set(name, value);
  }
  const number = (name: string, least: number, most: number): number | undefined => {
    const value = words.get(name);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    problems.push(`'${name}' must be a whole number from ${least} to ${most}, got '${value}'`);
    return undefined;
  };
  const oneOf = (name: string, allowed: readonly string[]): string | undefined => {
    const value = words.get(name);
    if (value === undefined || allowed.includes(value)) return value;
    problems.push(`'${name}' must be ${allowed.join(', ')}, got '${value}'`);
    return undefined;
  };
  const test = oneOf('test', SEVERITIES) as Address['test'];
  const address: Address = {
    profile: (oneOf('profile', PROFILES) as ProfileName | undefined) ?? (test ? undefined : USUAL.profile),
    seed: number('seed', 0, 999_999_999) ?? USUAL.seed,
    rate: number('load', 1, MOST_RATE) ?? USUAL.rate,
    confirmed: oneOf('confirmed', ['yes', 'no']) === 'yes',
    nodes: number('nodes', 1, 99),
    zones: number('zones', 1, 26),
    acts: readActs(words.get('faults') ?? '', problems),
    awake: number('awake', 0, LONGEST_MS),
    time: number('t', 0, LONGEST_MS) ?? USUAL.time,
    test,
    story: words.get('story'),
    yaml: decoded('yaml', words.get('yaml'), problems),
  };
  return { address, problems };
}

function readActs(text: string, problems: string[]): Act[] {
  if (text === '') return [];
  return text.split(',').flatMap((encoded) => {
    const word = decoded('faults', encoded, problems);
    if (word === undefined) return [];
    const [, act = '', at = ''] = /^(.+)@(\d{1,9})$/.exec(word) ?? [];
    if (act === '' || Number(at) > LONGEST_MS) {
      problems.push(`'faults' must be FAULT@MS with commas between them, got '${word}'`);
      return [];
    }
    try {
      readAct(act);
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
    return [{ act, at: Number(at) }];
  });
}

function decoded(name: string, text: string | undefined, problems: string[]): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    problems.push(`'${name}' is not percent-encoded, got '${text}'`);
    return undefined;
  }
}
