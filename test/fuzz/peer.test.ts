import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { Clock } from '../../src/agent/program/clock.js';
import type { Contact } from '../../src/agent/program/decide/known.js';
import { ONE_FORM } from '../../src/agent/program/forms.js';
import { type ServerState, serverQuestions } from '../../src/agent/program/know/servers.js';
import { Target } from '../../src/agent/program/know/target.js';
import { FakeServer } from '../client/server.js';

/** What an agent makes of a server that answers INFO in that way, and what it then knows of it. */
async function contactWith(answer: (socket: Socket) => string | undefined): Promise<ServerState> {
  const server = await FakeServer.start(([command], socket) => (command === 'INFO' ? answer(socket) : '+OK\r\n'));
  onTestFinished(() => server.stop());
  const clock = new Clock();
  const seen: ServerState = { contact: 'unknown', askedAt: -Infinity, infoAt: -Infinity, positionAt: -Infinity };
  const told = new Promise<void>((resolve) => {
    const link = { ...server.endpoint, keys: {}, now: () => clock.now() };
    const target = new Target({
      seen,
      link,
      questions: serverQuestions(seen, ONE_FORM),
      changed: resolve,
      unchanged: resolve,
    });
    const tending = setInterval(() => target.tend(clock.now()), 200);
    onTestFinished(() => {
      clearInterval(tending);
      target.link.giveUp();
    });
    target.want('info', 0, clock.now());
  });
  await told;
  return seen;
}

function endless(socket: Socket, head: string, chunk: string): undefined {
  socket.write(head);
  const send = () => {
    if (!socket.destroyed) socket.write(chunk, () => setImmediate(send));
  };
  send();
}

it.each<[string, (socket: Socket) => string | undefined, Contact]>([
  ['a line that does not end', (socket) => endless(socket, '+', 'x'.repeat(10_000)), 'busy'],
  ['a text beyond all bounds', () => '$9999999999\r\n', 'busy'],
  [
    'answers that nobody asked for, without end',
    (socket) => endless(socket, '', `$4000000\r\n${'x'.repeat(4_000_000)}`),
    'busy',
  ],
  ['another protocol', () => 'HTTP/1.1 200 OK\r\n\r\n', 'busy'],
  ['half an answer, and the end', (socket) => void socket.end('$100\r\nrole:mas'), 'busy'],
  ['an answer of another kind', () => ':1\r\n', 'busy'],
  ['nothing that it was asked for', () => '$3\r\nabc\r\n', 'busy'],
  ['a refusal', () => '-NOPERM this user has no permissions\r\n', 'denied'],
  ['half an answer, and nothing more', () => '$100\r\nrole:mas', 'silent'],
])(
  'whoever answers with %s lives, and is believed nothing',
  async (_, answer, contact) => {
    const seen = await contactWith(answer);
    expect(seen).toMatchObject({ contact });
    expect(seen.info).toBeUndefined();
  },
  20_000,
);

it('whatever is answered, it is one of the kinds that decisions know', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('*2\r\n', '$-1\r\n', '>1\r\n+x\r\n')),
      async (text) => {
        // Ended, so that half an answer need not be waited for.
        const { contact } = await contactWith((socket) => void socket.end(text));
        expect(['busy', 'denied', 'refused', 'answered']).toContain(contact);
      },
    ),
    { numRuns: 60 },
  );
}, 20_000);
