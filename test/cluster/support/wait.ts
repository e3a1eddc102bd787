/** Looks again and again until `look` returns something, or says what was missing when the time was over. */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | Pending>,
  interval = 500,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let missing = 'nothing was looked at';
  for (;;) {
    try {
      const found = await look();
      if (!(found instanceof Pending)) return found;
      missing = found.missing;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      // A node that just died makes requests fail; what is looked for may still come.
      missing = (error as Error).message;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not in ${seconds} s; last seen: ${missing}`);
    await sleep(interval);
  }
}

/** It will never come: there is no use in waiting on. */
export class Hopeless extends Error {}

/** Not yet, and what is still missing. */
export class Pending {
  constructor(readonly missing: string) {}
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
