import type { Timer } from './events.js';
import type { Server } from './server.js';

/** A command that is held. */
interface Held {
  readonly run: () => void;
  readonly clients: number;
}

/** CLIENT PAUSE WRITE, and the same while a master that is to stop waits for its replicas. */
export class Pause {
  /** It ends only with the process. */
  forGood = false;
  private until = 0;
  private held: Held[] = [];
  private timer?: Timer;

  constructor(private readonly server: Server) {}

  start(): void {
    this.forGood = false;
    this.until = 0;
    this.held = [];
  }

  get isOn(): boolean {
    return this.until > this.server.now || this.forGood;
  }

  /** @param clients number of the client's connection; one that was ended since is not answered. @default - the agent's and Sentinels', which stay */
  hold(run: () => void, clients = Number.POSITIVE_INFINITY): void {
    this.held.push({ run, clients });
  }

  begin(ms: number): void {
    const { server } = this;
    this.until = Math.max(this.until, server.now + ms);
    this.timer?.cancel();
    this.timer = server.later(this.until - server.now, server.life, () => server.receive(() => this.goOn()));
  }

  stop(): void {
    this.until = 0;
    this.goOn();
  }

  private goOn(): void {
    if (this.isOn) return;
    const { held } = this;
    this.held = [];
    for (const { run, clients } of held) if (clients >= this.server.clients) run();
  }

  end(): void {
    this.timer?.cancel();
    this.held = [];
  }
}
