/**
 * What the load program saw, one JSON object a line, so that a run can be copied out of its pod and judged again.
 * Times are milliseconds since 1970 on the load pod's clock (monotonic within a run).
 */

/**
 * What became of an operation.
 * - `ok`: the server acknowledged it.
 * - `error`: certainly not applied: never sent, or refused with an error reply.
 * - `unknown`: sent, and no reply came: applied or not.
 */
export type Outcome = 'ok' | 'error' | 'unknown';

/**
 * `SET <run>:w<writer>:<seq> <seq>`. Every write has a key of its own, so that each single one can be missed. Under a load with
 * readers it is one `MSET` of that key and of the writer's register, which holds the number of its last write.
 */
export interface WriteEntry {
  readonly kind: 'write';
  readonly writer: number;
  readonly seq: number;
  readonly invoked: number;
  readonly completed: number;
  readonly outcome: Outcome;
  /** Address of the server that answered. */
  readonly master?: string;
  /** How many replicas had the write, by `WAIT` on the same connection; absent when not asked or not answered. */
  readonly waited?: number;
  readonly error?: string;
}

/** `MGET` of the registers of several writers. Each reads as the last acknowledged write or a later one, or it is stale. */
export interface ReadEntry {
  readonly kind: 'read';
  readonly reader: number;
  readonly invoked: number;
  readonly completed: number;
  readonly outcome: Outcome;
  /** Address of the server that answered. */
  readonly master?: string;
  /** By writer, from 0. */
  readonly values?: readonly (string | null)[];
  readonly error?: string;
}

/** A time in which a fault was there and the topology recovered from it; written by whoever caused it. */
export interface FaultEntry {
  readonly kind: 'fault';
  readonly name: string;
  readonly from: number;
  /** When the last thing was done to the topology, be it harm or repair. */
  readonly healed: number;
  /** When nothing was wrong any more, or it was given up. */
  readonly to: number;
  readonly whole: boolean;
  /** Writers that cling to one server by its address, whoever is master. */
  readonly pinned: readonly number[];
  /** Host names of the servers that were master before and after it, by their addresses. */
  readonly servers: Readonly<Record<string, string>>;
}

/** One key read from the master after the load had stopped; `value` is null where the master has none. */
export interface ReadBackEntry {
  readonly kind: 'read-back';
  readonly writer: number;
  readonly seq: number;
  readonly value: string | null;
}

/** What a client went through, to see where the time of an outage went. */
export interface ConnectionEntry {
  readonly kind: 'connection';
  readonly writer: number;
  readonly at: number;
  /** `ready`, with the address; `close` and `error` (an attempt that failed), with the reason. */
  readonly event: string;
  readonly detail?: string;
}

export type HistoryEntry = WriteEntry | ReadEntry | ReadBackEntry | ConnectionEntry | FaultEntry;

const KINDS: readonly HistoryEntry['kind'][] = ['write', 'read-back', 'connection', 'read', 'fault'];

/** The run is part of each key: what an earlier run left behind must not stand for a write that this one lost. */
export const keyOf = (run: string, writer: number, seq: number): string => `${run}:w${writer}:${seq}`;

export const registerOf = (run: string, writer: number): string => `${run}:w${writer}:last`;

export const formatEntry = (entry: HistoryEntry): string => `${JSON.stringify(entry)}\n`;

/** @throws when a line is cut or foreign: half a history proves nothing. */
export function parseHistory(text: string): HistoryEntry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const entry = parseLine(line, index + 1);
      if (!KINDS.includes(entry.kind)) {
        throw new Error(`history line ${index + 1}: 'kind' must be one of ${KINDS.join(', ')}, got ${line}`);
      }
      return entry;
    });
}

function parseLine(line: string, number: number): HistoryEntry {
  try {
    return JSON.parse(line) as HistoryEntry;
  } catch {
    throw new Error(`history line ${number} is not JSON (was the history copied while it was written?): ${line}`);
  }
}
