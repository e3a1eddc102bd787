/** A check's verdict against the topology: it was seen to be wrong. Leads to exit code 1. */
export class Unsound extends Error {
  constructor(
    readonly found: string,
    readonly expected: string,
    readonly mend: string,
  ) {
    super(`${found}, expected ${expected}; ${mend}`);
  }
}

/** A check that could not tell: nothing answered, or not in time. Leads to exit code 2. */
export class Unknown extends Error {}

/** A fault's place, as people read it in a list: `10.96.0.7:6379 (no answer within 3 s)`. */
export function listed(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}

/**
 * Asks all items at once. `judge` returns what is wrong with an item, or undefined; whatever it throws means that this
 * item could not be judged. One wrong item makes the whole unsound, whether or not another could not be judged.
 */
export async function judgeEach<T>(
  items: readonly T[],
  judge: (item: T) => Promise<string | undefined>,
  remedy: { expected: string; mend: string },
): Promise<void> {
  const settled = await Promise.allSettled(items.map(judge));
  const wrong = settled.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  if (wrong.length > 0) throw new Unsound(listed(wrong), remedy.expected, remedy.mend);
  const untold = settled.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
  if (untold.length > 0) throw new Unknown(listed(untold));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
