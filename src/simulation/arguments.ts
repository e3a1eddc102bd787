import { parseArgs } from 'node:util';
import type { Choice, ProfileName, Severity } from './settings.js';

export interface Arguments extends Choice {
  readonly seeds: { readonly first: number; readonly last: number };
  readonly explain?: number;
  readonly workers?: number;
}

export const USAGE =
  'usage: npm run simulate -- [--seeds A..B] [--profile strict|default|cache] [--severity few|many|beyond] [--explain SEED] [--workers N]';

const PROFILES: readonly ProfileName[] = ['strict', 'default', 'cache'];
const SEVERITIES: readonly Severity[] = ['few', 'many', 'beyond'];

/** @throws with what is wrong, for a person */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1..1000' },
      profile: { type: 'string' },
      severity: { type: 'string' },
      explain: { type: 'string' },
      workers: { type: 'string' },
    },
  });
  const range = /^(\d+)(?:\.\.(\d+))?$/.exec(values.seeds);
  const first = Number(range?.[1]);
  const last = Number(range?.[2] ?? range?.[1]);
  if (!range || last < first) throw new Error(`--seeds must be A..B, two whole numbers, got '${values.seeds}'`);
  return {
    seeds: { first, last },
    profile: oneOf('--profile', PROFILES, values.profile),
    severity: oneOf('--severity', SEVERITIES, values.severity),
    explain: wholeNumber('--explain', values.explain),
    workers: wholeNumber('--workers', values.workers),
  };
}

function oneOf<T extends string>(name: string, allowed: readonly T[], value: string | undefined): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) throw new Error(`${name} must be one of ${allowed.join(', ')}, got '${value}'`);
  return found;
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value) || Number(value) < 1)
    throw new Error(`${name} must be a whole number of at least 1, got '${value}'`);
  return Number(value);
}
