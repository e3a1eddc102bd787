import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/client/outcome.js';
import { LIMITS, type Limits, Malformed, Parser } from '../../src/client/parser.js';
import { randomOf } from './random.js';

/** All that comes out, pushes marked by `push` before them. */
function parse(chunks: readonly Buffer[], limits: Partial<Limits> = {}): unknown[] {
  const found: unknown[] = [];
  const parser = new Parser((reply, push) => found.push(...(push ? ['push', reply] : [reply])), {
    ...LIMITS,
    ...limits,
  });
  for (const chunk of chunks) parser.take(chunk);
  return found;
}

const parseText = (text: string, limits?: Partial<Limits>) => parse([Buffer.from(text)], limits);

describe('what a server sends', () => {
  test.each<[name: string, sent: string, ...expected: unknown[]]>([
    ['a simple string', '+OK\r\n', 'OK'],
    ['an error', '-ERR no such thing\r\n', { error: 'ERR no such thing' }],
    ['a number', ':-42\r\n', -42],
    ['a number beyond what is exact', ':9223372036854775807\r\n', '9223372036854775807'],
    ['a bulk string', '$5\r\nhello\r\n', 'hello'],
    ['an empty one', '$0\r\n\r\n', ''],
    ['one with line ends and other scripts', '$9\r\na\r\nb€ö\r\n', 'a\r\nb€ö'],
    ['no string', '$-1\r\n', null],
    ['no list', '*-1\r\n', null],
    ['an empty list', '*0\r\n', []],
    ['lists in lists', '*3\r\n*0\r\n*2\r\n:1\r\n*1\r\n$-1\r\n+x\r\n', [[], [1, [null]], 'x']],
    ['an error in a list', '*2\r\n+OK\r\n-WRONGTYPE no\r\n', ['OK', { error: 'WRONGTYPE no' }]],
    ['several replies', '+a\r\n:1\r\n*1\r\n+b\r\n', 'a', 1, ['b']],
    ['RESP3: null, booleans', '_\r\n#t\r\n#f\r\n', null, 1, 0],
    ['RESP3: doubles', ',1.5\r\n,-inf\r\n', 1.5, Number.NEGATIVE_INFINITY],
    [
      'RESP3: a large number',
      '(3492890328409238509324850943850943825024385\r\n',
      '3492890328409238509324850943850943825024385',
    ],
    ['RESP3: a map', '%2\r\n+a\r\n:1\r\n+b\r\n%0\r\n', ['a', 1, 'b', []]],
    ['RESP3: a set', '~2\r\n+a\r\n+b\r\n', ['a', 'b']],
    ['RESP3: a verbatim string', '=8\r\ntxt:some\r\n', 'some'],
    ['RESP3: a long error', '!7\r\nERR one\r\n', { error: 'ERR one' }],
    ['RESP3: an attribute, which is dropped', '|1\r\n+ttl\r\n*1\r\n:9\r\n*2\r\n+a\r\n|0\r\n+b\r\n', ['a', 'b']],
    ['RESP3: a push between replies', '+a\r\n>2\r\n+message\r\n+x\r\n+b\r\n', 'a', 'push', ['message', 'x'], 'b'],
  ])('%s', (_, sent, ...expected) => {
    expect(parseText(sent)).toEqual(expected);
  });
});

describe('however it is cut into pieces, the replies are the same', () => {
  test('byte by byte', () => {
    const { bytes, replies } = conversation(randomOf(1), 60);
    expect(parse([...bytes].map((byte) => Buffer.from([byte])))).toEqual(replies);
  });

  test.each(Array.from({ length: 200 }, (_, seed) => seed))('seed %i', (seed) => {
    const random = randomOf(seed);
    const { bytes, replies } = conversation(random, 20);
    expect(parse(cut(bytes, random))).toEqual(replies);
  });
});

describe('what is not believed', () => {
  test.each<[name: string, sent: string, limits?: Partial<Limits>]>([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46\n'],
    ['a line that ends in LF alone', '+OK\n'],
    ['a line without a type', '\r\n'],
    ['a length that is no number', '$five\r\n'],
    ['a negative length', '$-2\r\n'],
    ['a number that is none', ':1.5\r\n'],
    ['a bulk string that is longer than it said', '$2\r\nabc\r\n'],
    ['a streamed string, which no server sends', '$?\r\n'],
    ['a push inside of a reply', '*1\r\n>1\r\n+x\r\n'],
    ['a line over the limit', `+${'x'.repeat(70_000)}\r\n`],
    ['a line over the limit that does not end', `+${'x'.repeat(70_000)}`],
    ['a bulk string over the limit, when it is announced', '$1000\r\n', { replyBytes: 1000 }],
    ['a list over the limit, when it is announced', '*334\r\n', { replyBytes: 1000 }],
    ['many small parts over the limit together', `*200\r\n${'$1\r\nx\r\n'.repeat(200)}`, { replyBytes: 1000 }],
    ['lists nested too deep', '*1\r\n'.repeat(17)],
  ])('%s', (_, sent, limits) => {
    expect(() => parseText(sent, limits)).toThrow(Malformed);
  });

  test('the limit is of one reply, not of all of them', () => {
    expect(parseText('$400\r\n'.concat('x'.repeat(400), '\r\n').repeat(10), { replyBytes: 500 })).toHaveLength(10);
  });

  test('lists nested as deep as is allowed are read', () => {
    expect(parseText(`${'*1\r\n'.repeat(16)}:1\r\n`)).toHaveLength(1);
  });
});

test('a large reply in small pieces costs no more than a few times the same in one piece', () => {
  const size = 16 * 1024 * 1024;
  const bytes = Buffer.from(`$${size}\r\n${'x'.repeat(size)}\r\n`);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1024) pieces.push(bytes.subarray(at, at + 1024));
  const whole = cpuOf(() => parse([bytes]));
  // Joined anew for each piece, it would be 16,000 copies of 8 MiB on average: some ten seconds.
  expect(cpuOf(() => parse(pieces))).toBeLessThan(20 * whole + 500);
});

/** ms of this process' processor */
function cpuOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** What a server might say, and what is to be understood of it. */
function conversation(random: () => number, length: number): { bytes: Buffer; replies: Reply[] } {
  const parts = Array.from({ length }, () => some(random, 0));
  return { bytes: Buffer.concat(parts.map(({ bytes }) => bytes)), replies: parts.map(({ reply }) => reply) };
}

function some(random: () => number, depth: number): { bytes: Buffer; reply: Reply } {
  const below = (limit: number) => Math.floor(random() * limit);
  switch (below(depth < 5 ? 7 : 5)) {
    case 0:
      return { bytes: Buffer.from('+PONG ö\r\n'), reply: 'PONG ö' };
    case 1:
      return { bytes: Buffer.from('-ERR €\r\n'), reply: { error: 'ERR €' } };
    case 2: {
      const number = below(2 ** 40) - 2 ** 39;
      return { bytes: Buffer.from(`:${number}\r\n`), reply: number };
    }
    case 3:
      return { bytes: Buffer.from('$-1\r\n'), reply: null };
    case 4: {
      const text = 'a€\r\n😀'.repeat(below(random() < 0.1 ? 3000 : 4));
      return { bytes: Buffer.from(`$${Buffer.byteLength(text)}\r\n${text}\r\n`), reply: text };
    }
    default: {
      const items = Array.from({ length: below(5) }, () => some(random, depth + 1));
      const head = Buffer.from(`*${items.length}\r\n`);
      return {
        bytes: Buffer.concat([head, ...items.map(({ bytes }) => bytes)]),
        reply: items.map(({ reply }) => reply),
      };
    }
  }
}

function cut(bytes: Buffer, random: () => number): Buffer[] {
  const most = random() < 0.5 ? 5 : 2000;
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + Math.floor(random() * most);
    pieces.push(bytes.subarray(at, next));
    at = next;
  }
  return pieces;
}
