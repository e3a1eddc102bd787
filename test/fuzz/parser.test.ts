import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENT_LIMITS } from '../../src/agent/program/know/link.js';
import { serverInfo } from '../../src/client/info.js';
import type { Reply } from '../../src/client/outcome.js';
import { LIMITS, type Limits, Malformed, Parser } from '../../src/client/parser.js';
import { fieldsOf, namedAddress, replicaPeers, sentinelPeers, viewOf } from '../../src/client/sentinel.js';

const SMALL: Limits = { replyBytes: 4096, lineBytes: 256, depth: 4 };

interface Parsed {
  readonly replies: readonly Reply[];
  readonly malformed: boolean;
}

function parse(chunks: readonly Uint8Array[], limits: Limits): Parsed {
  const replies: Reply[] = [];
  const parser = new Parser((reply) => replies.push(reply), limits);
  try {
    for (const chunk of chunks) parser.take(Buffer.from(chunk));
    return { replies, malformed: false };
  } catch (error) {
    // Anything else would end the agent.
    if (!(error instanceof Malformed)) throw error;
    return { replies, malformed: true };
  }
}

/** Bytes as they come from a peer that knows the protocol and breaks it, and from one that does not know it. */
const HOSTILE = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '+OK',
          '-ERR x',
          ':1',
          ':x',
          '$3',
          '$-1',
          '$9999999999',
          '*2',
          '*-1',
          '*99999999',
          '%1',
          '>2',
          '|1',
        ),
        fc.constantFrom('_', '#t', ',nan', '=7', '(1', '\r\n', '\n', '\r', 'abc', '\0', '"'),
        fc.string({ maxLength: 20 }),
      ),
      { maxLength: 40 },
    )
    .chain((words) =>
      fc.constantFrom('\r\n', '\n', '').map((end) => Buffer.from(words.map((word) => word + end).join(''))),
    ),
);

/** Where bytes are cut into packets. */
const cut = (bytes: Uint8Array, at: readonly number[]) => {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
};

describe('whatever comes', () => {
  it('is understood, or given up as no answer of Redis, however it is cut', () => {
    fc.assert(
      fc.property(HOSTILE, fc.array(fc.nat(), { maxLength: 10 }), (bytes, at) => {
        const whole = parse([bytes], SMALL);
        expect(parse(cut(bytes, at), SMALL)).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('is parsed to what was said, where it is an answer', () => {
    const { value } = fc.letrec<{ value: Reply }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ maxLength: 12, unit: 'grapheme' }),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }) as fc.Arbitrary<Reply>,
      ),
    }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 6 }), (values, at) => {
        const bytes = Buffer.from(values.map(encoded).join(''));
        expect(parse(cut(bytes, at), LIMITS)).toEqual({ replies: values, malformed: false });
      }),
      { numRuns: 500 },
    );
  });

  it('of the wrong kind, or lying about itself, is no fact, and no error either', () => {
    const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
      reply: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.constantFrom('ip', 'flags', 'runid', 'port', 'role-reported', 'config-epoch', 's_down,,', '-1', '1e999'),
        fc.double(),
        fc.constant(null),
        fc.record({ error: fc.string() }, { noNullPrototype: true }),
        fc.array(tie('reply'), { maxLength: 6 }) as fc.Arbitrary<Reply>,
      ),
    }));
    const line = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom('role', 'slave0', 'master_host', 'master_repl_offset', 'loading', 'slave_priority'),
          fc.oneof(fc.string(), fc.constantFrom('slave', 'ip=,port=,state=,,', '=', '-9e99')),
        )
        .map((pair) => pair.join(':')),
    );
    fc.assert(
      fc.property(reply, fc.array(line, { maxLength: 12 }), (answer, lines) => {
        for (const read of [viewOf, sentinelPeers, replicaPeers, namedAddress, fieldsOf]) read(answer);
        const info = serverInfo(lines.join('\r\n'));
        if (info) expect(['master', 'replica']).toContain(info.role);
      }),
      { numRuns: 1000 },
    );
  });
});

/** What a peer may send for ever, each the beginning and what is repeated behind it. */
const ENDLESS: [what: string, head: string, rest: string][] = [
  ['a line that does not end', '+', 'x'.repeat(1000)],
  ['a list of numbers', '*1500000\r\n', ':1\r\n'.repeat(250)],
  ['a list of empty lists', '*1500000\r\n', '*0\r\n'.repeat(250)],
  ['a list of short texts', '*1500000\r\n', '+ab\r\n'.repeat(200)],
  ['lists in lists', '', '*1\r\n'],
  ['a text that is announced too long', '$6300000\r\n', 'x'],
  ['a list that is announced too long', '*99999999\r\n', ':1\r\n'],
  ['attributes of an answer that does not come', '', `|100\r\n${':1\r\n'.repeat(200)}`],
  ['a map', '%700000\r\n', ':1\r\n:2\r\n'.repeat(125)],
];

it.each(ENDLESS)('an agent gives up %s, within the memory that it has for it', (_, head, rest) => {
  const limits = AGENT_LIMITS;
  const parser = new Parser(() => {}, limits);
  let taken = 0;
  const take = (text: string) => {
    const bytes = Buffer.from(text);
    taken += bytes.length;
    parser.take(bytes);
  };
  expect(() => {
    take(head);
    while (taken < 10 * limits.replyBytes) take(rest);
  }).toThrow(Malformed);
  expect(taken).toBeLessThanOrEqual(limits.replyBytes + 2000);
});

function encoded(reply: Reply): string {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if (Array.isArray(reply)) return `*${reply.length}\r\n${reply.map(encoded).join('')}`;
  return `-${(reply as { error: string }).error}\r\n`;
}
