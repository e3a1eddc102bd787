import type { Reply } from './outcome.js';

/** Beyond these an answer is not believed, and its connection is given up. */
export interface Limits {
  /** Bytes of one whole reply, whatever it consists of; each value in a list counts `ITEM_BYTES` more. @default 64 MiB */
  readonly replyBytes: number;
  /** Bytes of a line: a simple string, an error, a number. @default 64 KiB - Redis' own limit for an inline request */
  readonly lineBytes: number;
  /** Lists in lists. @default 16 - COMMAND and CLUSTER SLOTS need 5 */
  readonly depth: number;
}

export const LIMITS: Limits = { replyBytes: 64 * 1024 * 1024, lineBytes: 64 * 1024, depth: 16 };

/** What came is no RESP, or more than was to be expected. */
export class Malformed extends Error {
  constructor(what: string) {
    super(`malformed reply: ${what}`);
  }
}

/** What a value takes in memory beside its text: a list of a million empty lists is more than the 4 MiB that it comes in. */
const ITEM_BYTES = 32;

/** Larger buffers are given back after the reply that needed them: a program that runs for months must not keep them. */
const KEPT_BYTES = 64 * 1024;

/** Values that are whole at the end of their line. */
const SCALARS: Readonly<Record<string, (text: string) => Reply>> = {
  '+': (text) => text,
  '-': (error) => ({ error }),
  ':': integer,
  '(': (text) => text,
  ',': double,
  '#': (text) => (text === 't' ? 1 : 0),
  _: () => null,
};

/** A bulk string, a bulk error, a verbatim string. */
const BULKS = ['$', '!', '='];

/** Per unit of the length that is announced, so many items come. */
const LISTS: Readonly<Record<string, { readonly kind: Open['kind']; readonly per: number }>> = {
  '*': { kind: 'list', per: 1 },
  '~': { kind: 'list', per: 1 },
  '%': { kind: 'list', per: 2 },
  '>': { kind: 'push', per: 1 },
  '|': { kind: 'attribute', per: 2 },
};

const CR = 0x0d;
const LF = 0x0a;

/** A list that is not complete yet. An attribute is read like any other, and dropped. */
interface Open {
  readonly kind: 'list' | 'push' | 'attribute';
  readonly items: Reply[];
  left: number;
}

/**
 * Reads RESP2 and RESP3, in whatever pieces it comes. Time and memory grow with the bytes received, not with the number
 * of pieces, nor with what a length *announces*. Text is taken for UTF-8; maps arrive as flat lists, booleans as 1 and 0.
 */
export class Parser {
  private readonly open: Open[] = [];
  /** Length of the bulk string that is being read, and its type. */
  private bulk?: { readonly type: string; readonly length: number };
  /** The part of a line or of a bulk string that is there already: the first `held` bytes of `buffer`. */
  private buffer = Buffer.allocUnsafe(1024);
  private held = 0;
  private replyBytes = 0;

  /** @param emit is told each whole reply; `push` where nobody asked for it */
  constructor(
    private readonly emit: (reply: Reply, push: boolean) => void,
    private readonly limits: Limits = LIMITS,
  ) {}

  /** @throws Malformed - nothing that comes afterwards could be told apart */
  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.bulk ? this.takeBulk(chunk, at, this.bulk) : this.takeLine(chunk, at);
  }

  private takeLine(chunk: Buffer, start: number): number {
    const end = chunk.indexOf(LF, start);
    const next = end < 0 ? chunk.length : end + 1;
    if (this.held + next - start > this.limits.lineBytes)
      throw new Malformed(`a line of over ${this.limits.lineBytes} bytes`);
    this.count(next - start);
    if (end < 0 || this.held > 0) this.hold(chunk, start, next);
    if (end < 0) return next;
    const [bytes, from, to] = this.held > 0 ? [this.buffer, 0, this.held] : [chunk, start, next];
    if (to - from < 3 || bytes[to - 2] !== CR) throw new Malformed('a line does not end in CR LF');
    const type = String.fromCharCode(bytes[from] as number);
    const text = bytes.toString('utf8', from + 1, to - 2);
    this.release();
    this.understand(type, text);
    return next;
  }

  private takeBulk(chunk: Buffer, start: number, { type, length }: { type: string; length: number }): number {
    const next = Math.min(chunk.length, start + length + 2 - this.held);
    const whole = this.held === 0 && next - start === length + 2;
    if (!whole) this.hold(chunk, start, next);
    if (!whole && this.held < length + 2) return next;
    const [bytes, from] = whole ? [chunk, start] : [this.buffer, 0];
    if (bytes[from + length] !== CR || bytes[from + length + 1] !== LF)
      throw new Malformed('a bulk string is longer than it said');
    const text = bytes.toString('utf8', from, from + length);
    this.release();
    this.bulk = undefined;
    // A verbatim string begins with its format, as in `txt:`.
    this.add(type === '!' ? { error: text } : type === '=' ? text.slice(4) : text);
    return next;
  }

  private understand(type: string, text: string): void {
    const value = SCALARS[type]?.(text);
    const list = LISTS[type];
    if (value !== undefined) this.add(value);
    else if (BULKS.includes(type)) this.startBulk(type, lengthOf(text));
    else if (list) this.startList(list.kind, list.per * lengthOf(text));
    else throw new Malformed(`${JSON.stringify((type + text).slice(0, 40))} is no answer of Redis`);
  }

  private startBulk(type: string, length: number): void {
    if (length < 0) {
      this.add(null);
    } else {
      this.count(length + 2);
      this.bulk = { type, length };
    }
  }

  private startList(kind: Open['kind'], length: number): void {
    // Each item takes 3 bytes at least: one that announces more than may come need not be waited for.
    if (3 * length > this.limits.replyBytes) throw new Malformed(`a list of ${length}`);
    if (this.open.length >= this.limits.depth) throw new Malformed(`lists nested more than ${this.limits.depth} deep`);
    if (kind === 'push' && this.open.length > 0) throw new Malformed('a push inside of a reply');
    if (length < 0) {
      this.add(null);
    } else {
      this.count(ITEM_BYTES);
      this.open.push({ kind, items: [], left: length });
      this.closeLists();
    }
  }

  private add(value: Reply): void {
    const list = this.open.at(-1);
    if (list) {
      this.count(ITEM_BYTES);
      list.items.push(value);
      list.left--;
      this.closeLists();
    } else {
      this.finish(value, false);
    }
  }

  /** Puts each list that is complete into the one around it. */
  private closeLists(): void {
    for (let list = this.open.at(-1); list?.left === 0; list = this.open.at(-1)) {
      this.open.pop();
      if (list.kind === 'attribute') continue;
      const around = this.open.at(-1);
      if (around) {
        around.items.push(list.items);
        around.left--;
      } else {
        this.finish(list.items, list.kind === 'push');
      }
    }
  }

  private finish(reply: Reply, push: boolean): void {
    this.replyBytes = 0;
    this.emit(reply, push);
  }

  /** A bulk string is counted when it is announced. */
  private count(bytes: number): void {
    this.replyBytes += bytes;
    if (this.replyBytes > this.limits.replyBytes)
      throw new Malformed(`a reply of over ${this.limits.replyBytes} bytes`);
  }

  private hold(chunk: Buffer, from: number, to: number): void {
    const needed = this.held + to - from;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.held);
      this.buffer = larger;
    }
    chunk.copy(this.buffer, this.held, from, to);
    this.held = needed;
  }

  private release(): void {
    this.held = 0;
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafe(1024);
  }
}

/** What a number cannot hold exactly stays text. */
function integer(text: string): Reply {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw new Malformed(`'${text.slice(0, 40)}' is no whole number`);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function double(text: string): number {
  if (/^[+-]?inf$/.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** -1 stands for null. */
function lengthOf(text: string): number {
  if (!/^(-1|\d{1,15})$/.test(text)) throw new Malformed(`'${text.slice(0, 40)}' is no length`);
  return Number(text);
}
