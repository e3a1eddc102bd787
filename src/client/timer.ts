/** A timer that is later than this tells that the process did not run. */
const LATE_MS = 50;

/**
 * Acts when the time is up, but not before what had arrived by then was read; and when this process did not run in the
 * meantime, not before the other side had as much time again.
 */
export class Timer {
  private readonly dueAt: number;
  private timeout: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly ms: number,
    private readonly act: () => void,
  ) {
    this.dueAt = performance.now() + ms;
    this.timeout = setTimeout(() => this.due(), ms);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timeout);
  }

  unref(): void {
    this.timeout.unref();
  }

  private due(): void {
    const lateMs = performance.now() - this.dueAt;
    // Sockets are read between timers and immediates.
    const act = () => setImmediate(() => this.stopped || this.act());
    if (lateMs < LATE_MS) {
      act();
      return;
    }
    const referenced = this.timeout.hasRef();
    this.timeout = setTimeout(act, Math.min(lateMs, this.ms));
    if (!referenced) this.timeout.unref();
  }
}
