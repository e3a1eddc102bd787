import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What is done about a command: bytes to send; or nothing is sent. */
export type Answer = (command: readonly string[], socket: Socket) => string | undefined;

/** A server that answers what a test wants it to: also nothing, also nonsense. */
export class FakeServer {
  /** Everything that it was asked, in order. */
  readonly commands: string[][] = [];
  readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly host: string,
    readonly port: number,
  ) {}

  static async start(answer: Answer, tls?: TlsOptions, host = '127.0.0.1'): Promise<FakeServer> {
    const server = tls ? createTlsServer(tls) : createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const fake = new FakeServer(server, host, (server.address() as { port: number }).port);
    server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => fake.serve(socket, answer));
    server.on('tlsClientError', () => {});
    return fake;
  }

  get endpoint(): { host: string; port: number } {
    return { host: this.host, port: this.port };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket, answer: Answer): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
      for (let [command, rest] = next(received); command; [command, rest] = next(received)) {
        received = rest;
        this.commands.push(command);
        const bytes = answer(command, socket);
        if (bytes !== undefined && !socket.destroyed) socket.write(bytes);
      }
    });
  }
}

/** The first whole command, of ASCII only, and what follows it. */
function next(text: string): [string[] | undefined, string] {
  const count = Number(/^\*(\d+)\r\n/.exec(text)?.[1] ?? 'NaN');
  const lines = text.split('\r\n');
  const used = 1 + 2 * count;
  if (!(lines.length > used)) return [undefined, text];
  const words = lines.slice(1, used).filter((_, index) => index % 2 === 1);
  return [words, lines.slice(used).join('\r\n')];
}
