import { Random } from './random.js';
import type { Setting } from './settings.js';

/** Of whom: a pod by number, or whoever has that role when it happens. */
export type Victim = number | 'master' | 'replica';

export const KINDS = [
  'kill-server',
  'kill-server-twice',
  'hang-server',
  'kill-sentinel',
  'hang-sentinel',
  'kill-agent',
  'kill-containers',
  'hang-agent',
  'freeze-pod',
  'starve-pod',
  'slow-disk',
  'delete-pod',
  'kill-pod',
  'crash-node',
  'isolate-node',
  'cut-pair',
  'lose-volume',
  'damage-file',
  'stop-all',
  'roll-all',
  'kill-sentinels',
] as const;

export type Kind = (typeof KINDS)[number];

/** A fault as it stands in a schedule. */
export interface Fault {
  /** ms */
  readonly at: number;
  readonly kind: Kind;
  readonly victim: Victim;
  /** How long it lasts, ms; Infinity: for good. */
  readonly lasts: number;
  /** A draw of its own, for what else is by chance. */
  readonly chance: number;
}

export function describeFault({ at, kind, victim, lasts }: Fault): string {
  const whom = typeof victim === 'number' ? `pod ${victim}` : `the ${victim}`;
  return `at ${(at / 1000).toFixed(3)} s ${kind}, ${whom}, ${lasts === Number.POSITIVE_INFINITY ? 'for good' : `${lasts} ms`}`;
}

/** Faults end by then, ms. */
export const FAULTS_END = 35_000;
const FIRST_FAULT = 4000;

const WEIGHTS: Readonly<Record<Kind, number>> = {
  'kill-server': 6,
  'kill-server-twice': 2,
  'hang-server': 5,
  'kill-sentinel': 3,
  'hang-sentinel': 3,
  'kill-agent': 4,
  'kill-containers': 3,
  'hang-agent': 4,
  'freeze-pod': 2,
  'starve-pod': 3,
  'slow-disk': 3,
  'delete-pod': 6,
  'kill-pod': 3,
  'crash-node': 4,
  'isolate-node': 5,
  'cut-pair': 4,
  'lose-volume': 2,
  'damage-file': 1,
  'stop-all': 2,
  'roll-all': 1,
  'kill-sentinels': 1,
};

/** Those that a person plans. */
const PLANNED: readonly Kind[] = ['delete-pod', 'roll-all'];
/** Those that lose no write that was acknowledged, in whatever profile, nor keep a planned stop from losing none. */
const HARMLESS: ReadonlySet<Kind> = new Set([...PLANNED, 'slow-disk', 'kill-agent', 'kill-sentinel', 'hang-sentinel']);

/** Stops that were planned, and nothing beside them that could lose a write. */
export function losesNothing(faults: readonly Fault[]): boolean {
  return faults.every(({ kind }) => HARMLESS.has(kind));
}

/** Draws the faults of a schedule. */
export function drawFaults(setting: Setting, only?: readonly Kind[]): Fault[] {
  const random = new Random(setting.seed, 'faults');
  const { severity } = setting;
  const count =
    severity === 'few' ? 1 + random.below(2) : severity === 'many' ? 2 + random.below(5) : 4 + random.below(8);
  // Swarm: each seed knows only some of the kinds, so that rare company is met too.
  const kinds = KINDS.filter((kind) => random.chance(kind === 'kill-server' || severity === 'few' ? 0.8 : 0.5));
  const planned = severity === 'few' && random.chance(0.25);
  const possible = only ?? (planned ? KINDS.filter((kind) => HARMLESS.has(kind)) : kinds.length > 0 ? kinds : KINDS);
  const faults: Fault[] = [];
  for (let index = 0; index < count; index++) {
    const kind = pickWeighted(possible, random);
    const at =
      severity === 'few'
        ? 2 * FIRST_FAULT + index * 14_000 + random.between(0, 6000)
        : random.between(FIRST_FAULT, FAULTS_END - 6000);
    faults.push({
      at: Math.round(at),
      kind,
      victim: random.chance(0.55)
        ? 'master'
        : random.chance(0.3)
          ? 'replica'
          : random.below(setting.servers + setting.separateSentinels),
      lasts: Math.round(Math.min(random.scaled(300, 20_000), FAULTS_END - at)),
      chance: random.next(),
    });
  }
  if (random.chance(0.2) && !planned && only === undefined) {
    const kind = random.pick(['crash-node', 'isolate-node'] as const);
    const at = Math.round(random.between(FIRST_FAULT, FAULTS_END));
    faults.push({
      at,
      kind,
      victim: random.pick(['master', 'replica'] as const),
      lasts: Number.POSITIVE_INFINITY,
      chance: random.next(),
    });
  }
  return faults.sort((one, other) => one.at - other.at);
}

function pickWeighted(kinds: readonly Kind[], random: Random): Kind {
  let draw = random.next() * kinds.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  for (const kind of kinds) {
    draw -= WEIGHTS[kind];
    if (draw < 0) return kind;
  }
  return kinds[0] as Kind;
}
