/** What ends a person's work; their numbers are the same on every system (POSIX). */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Ending = keyof typeof SIGNALS;

/** Ended by a signal; what was to be cleared away is gone. */
export class Interrupted extends Error {
  constructor(readonly signal: Ending) {
    super(`ended by ${signal}`);
  }

  /** As a shell has it. */
  get exitStatus(): number {
    return 128 + SIGNALS[this.signal];
  }
}

/**
 * Work that Ctrl-C ends: it is told by the signal that it is given, and clears away what it made.
 * @throws Interrupted, once the work is over
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const names = Object.keys(SIGNALS) as Ending[];
  // The second one too is waited out: what is being cleared away is to be gone.
  const onSignal = (name: NodeJS.Signals) => controller.abort(new Interrupted(name as Ending));
  for (const name of names) process.on(name, onSignal);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    for (const name of names) process.off(name, onSignal);
  }
}
