import record from './measured.json' with { type: 'json' };
import type { Shape } from './shape.js';
import { quantile } from './summary.js';

/** What the cluster showed for a fault, on both engines. Times in ms. */
export interface Measured {
  readonly runs: number;
  readonly gap: number;
  /** The gap without its longest part in which the clients did not even ask: that was the machine's delay. */
  readonly ofTopology: number;
  readonly mostGap: number;
  readonly lost: number;
  readonly lostConfirmed: number;
  /** From the end of the fault. */
  readonly whole: number;
}

type Profile = Shape['profile'];
export type Medians = Readonly<Record<string, Readonly<Partial<Record<Profile, Measured>>>>>;

/** The record that the simulator carries (`npm run docs`). */
const CARRIED = record as unknown as Medians;

/** One run as the fault suite notes it (test/faults/measured/report.json): as much of it as is used. */
export interface MeasuredRun {
  readonly topology: { readonly profile: string };
  /** With TLS, which is not simulated. */
  readonly secured?: boolean;
  readonly fault: string;
  readonly writeOutage: number;
  readonly clientsIdle: number;
  readonly lost: number;
  readonly lostConfirmed: number;
  readonly wholeAfter?: { readonly healed: number };
}

/** What the faults of the record were tried on: three servers as the profiles have them. A test compares this with the profiles. */
export const TRIED: Readonly<Record<Profile, Partial<Shape>>> = {
  strict: { servers: 3, separateSentinels: 0, downAfter: 3000, minReplicas: 1, maxLag: 2000, fsync: 'always' },
  default: { servers: 3, separateSentinels: 0, downAfter: 3000, minReplicas: 1, maxLag: 3000, fsync: 'everysec' },
  cache: { servers: 3, separateSentinels: 0, downAfter: 1000, minReplicas: 0, maxLag: 0, fsync: 'none' },
};

/** Undefined where nothing comparable was measured. */
export function measuredOf(shape: Shape, fault: string, medians: Medians = CARRIED): Measured | undefined {
  const tried = Object.entries(TRIED[shape.profile]) as [keyof Shape, unknown][];
  if (tried.some(([key, value]) => shape[key] !== value)) return undefined;
  return medians[fault]?.[shape.profile];
}

/** The medians of a run of the fault suite, by fault and profile. */
export function extract(runs: readonly MeasuredRun[]): Medians {
  const faults = new Map<string, Map<Profile, MeasuredRun[]>>();
  for (const run of runs) {
    if (run.secured) continue;
    const profiles = faults.get(run.fault) ?? new Map<Profile, MeasuredRun[]>();
    faults.set(run.fault, profiles);
    const profile = run.topology.profile as Profile;
    profiles.set(profile, [...(profiles.get(profile) ?? []), run]);
  }
  return Object.fromEntries(
    [...faults].map(([fault, profiles]) => [
      fault,
      Object.fromEntries([...profiles].map(([profile, own]) => [profile, together(own)])),
    ]),
  );
}

function together(runs: readonly MeasuredRun[]): Measured {
  const gaps = runs.map(({ writeOutage }) => writeOutage).sort((one, other) => one - other);
  const wholes = runs.flatMap(({ wholeAfter }) => wholeAfter?.healed ?? []).sort((one, other) => one - other);
  return {
    runs: runs.length,
    gap: median(gaps),
    ofTopology: median(
      runs.map(({ writeOutage, clientsIdle }) => writeOutage - clientsIdle).sort((one, other) => one - other),
    ),
    mostGap: gaps.at(-1) as number,
    lost: Math.round(median(runs.map(({ lost }) => lost).sort((one, other) => one - other))),
    lostConfirmed: runs.reduce((sum, { lostConfirmed }) => sum + lostConfirmed, 0),
    whole: wholes.length > 0 ? quantile(wholes, 0.5) : 0,
  };
}

function median(ordered: readonly number[]): number {
  const middle = ordered.length / 2;
  const [low, high] = [ordered[Math.ceil(middle) - 1] as number, ordered[Math.floor(middle)] as number];
  return Math.round((low + high) / 2);
}

/** What may be between the simulated and the measured median: a quarter of it, or so many ms if that is more. */
const SHARE = 0.25;
const SLACK_MS = 300;

/** Is the simulated gap as the cluster showed it, but for the time in which its clients stood still? */
export function agrees(simulated: number, { ofTopology }: Measured): boolean {
  return Math.abs(simulated - ofTopology) <= Math.max(SLACK_MS, SHARE * ofTopology);
}
