import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

const PORT = 5353;
const HEADER_BYTES = 12;
/** Type and class of a question. */
const TAIL_BYTES = 4;
const TYPE_A = 1;
const NO_ERROR = 0x8180;
const TTL_S = 30;

/** A DNS server for a test: it knows IPv4 addresses of some names, and that all others have none. */
export class Names {
  /** @param host where it listens, at port 5353, until the test is over */
  static async serve(host: string, addresses: Readonly<Record<string, string>>): Promise<Names> {
    const socket = createSocket('udp4');
    socket.on('message', (question, { port, address }) => socket.send(answer(question, addresses), port, address));
    socket.bind(PORT, host);
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());
    return new Names(`${host}:${PORT}`);
  }

  /** @param address with its port */
  private constructor(readonly address: string) {}
}

function answer(question: Buffer, addresses: Readonly<Record<string, string>>): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question[at]; length; length = question[at]) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const end = at + 1 + TAIL_BYTES;
  const found = question.readUInt16BE(at + 1) === TYPE_A ? addresses[`${labels.join('.')}.`] : undefined;
  // Flags, and how many questions, answers, authorities and further records there are.
  const header = [NO_ERROR, 1, found ? 1 : 0, 0, 0].flatMap((word) => [word >> 8, word & 0xff]);
  // The name is that of the question, which begins behind the header.
  const record = found
    ? [0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, TTL_S, 0, 4, ...found.split('.').map(Number)]
    : [];
  return Buffer.from([...question.subarray(0, 2), ...header, ...question.subarray(HEADER_BYTES, end), ...record]);
}
