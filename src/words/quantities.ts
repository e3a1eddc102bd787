import { Duration, Size } from 'cdk8s';
import { shown, type ValueKind } from './value-kind.js';

const DURATIONS: Readonly<Record<string, (amount: number) => Duration>> = {
  ms: Duration.millis,
  s: Duration.seconds,
  m: Duration.minutes,
  h: Duration.hours,
};

/** From here on a bare number is hardly a number of seconds. */
const LEAST_OF_MILLISECONDS = 100;

/** `500ms`, `3s`, `2m`, `1h`. */
export function duration(example: string): ValueKind<Duration> {
  const allowed = `a time such as ${example} (a whole number of ms, s, m or h)`;
  return {
    example,
    schema: () => ({ type: 'string', pattern: '^\\d{1,9}(ms|s|m|h)$' }),
    read(input, at) {
      if (typeof input === 'number') return at.fault(bareTime(input, example));
      const [, amount = '', unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(typeof input === 'string' ? input : '') ?? [];
      return DURATIONS[unit]?.(Number(amount)) ?? at.fault(`must be ${allowed}, got ${shown(input)}`);
    },
  };
}

/** Other charts count milliseconds. */
function bareTime(input: number, example: string): string {
  const must = `must have a unit, such as ${example}, got the bare number ${input}`;
  if (!Number.isSafeInteger(input) || input < LEAST_OF_MILLISECONDS) return must;
  const meant = input % 1000 === 0 ? `${input / 1000}s` : `${input}ms`;
  return `${must}; if these are milliseconds, as in other charts, ${meant} is meant`;
}

/** Bytes of one of each, as Kubernetes counts. */
const BYTES: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const UNITS = [
  ['Ti', Size.tebibytes],
  ['Gi', Size.gibibytes],
  ['Mi', Size.mebibytes],
  ['Ki', Size.kibibytes],
] as const;

/** `512Mi`, `1.5Gi`, `512M`: Kubernetes' quantities of memory and disk. */
export function size(example: string): ValueKind<Size> {
  const allowed = `a size such as ${example} (Ki, Mi, Gi or Ti; k, M, G or T are powers of 1000)`;
  return {
    example,
    schema: () => ({ type: 'string', pattern: '^\\d{1,9}(\\.\\d{1,3})?([kMGT]|[KMGT]i)$' }),
    read(input, at) {
      if (typeof input === 'number') {
        return at.fault(`must have a unit, such as ${example}, got the bare number ${input}`);
      }
      const [, amount = '', unit = ''] =
        /^(\d{1,9}(?:\.\d{1,3})?)([kMGT]|[KMGT]i)$/.exec(typeof input === 'string' ? input : '') ?? [];
      const bytes = Number(amount) * (BYTES[unit] ?? Number.NaN);
      return Number.isNaN(bytes) ? at.fault(`must be ${allowed}, got ${shown(input)}`) : sizeOf(bytes, unit);
    },
  };
}

/** In the unit that was given, or else in the largest in which it is a whole number. */
export function sizeOf(bytes: number, preferred = ''): Size {
  const units = [...UNITS].sort(([a], [b]) => Number(b === preferred) - Number(a === preferred));
  const [unit, make] = units.find(([name]) => Number.isInteger(bytes / (BYTES[name] ?? 1))) ?? UNITS[3];
  return make(bytes / (BYTES[unit] ?? 1));
}

/** `2Gi` of so many bytes, and not 2048Mi: as a person would write it. */
export function sizeText(bytes: number): string {
  return sizeOf(bytes).asString();
}

/** Kubernetes' CPU: `100m`, `0.5`, `2`; YAML takes the last two for numbers. */
export function cpu(): ValueKind<string> {
  return {
    example: '100m',
    schema: () => ({ type: ['string', 'number'], pattern: '^(\\d+m|\\d+(\\.\\d{1,3})?)$' }),
    read(input, at) {
      const given = typeof input === 'number' ? String(input) : input;
      if (typeof given === 'string' && /^(\d+m|\d+(\.\d{1,3})?)$/.test(given)) return given;
      return at.fault(`must be an amount of CPU such as 100m (a tenth of one) or 2, got ${shown(input)}`);
    },
  };
}
