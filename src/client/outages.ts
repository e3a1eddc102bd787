/** A stretch of time, in ms of any one clock. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A time without an acknowledged write. */
export interface Gap extends Window {
  readonly ms: number;
}

/**
 * What an outage is, wherever one is measured: the longest time without an acknowledgement that touches the window. It
 * begins with the last acknowledgement before it and ends with the first one after it. Where there is none, the window's
 * own end closes it: an outage that never ended must not look like a short one.
 *
 * @param acknowledgedAt in any order
 */
export function longestGap(acknowledgedAt: readonly number[], window: Window): Gap {
  const times = [...acknowledgedAt].sort((a, b) => a - b);
  const before = times.filter((time) => time <= window.from).at(-1) ?? window.from;
  const during = times.filter((time) => time > window.from && time < window.to);
  const after = times.find((time) => time >= window.to) ?? window.to;
  let longest: Gap = { from: before, to: before, ms: 0 };
  let previous = before;
  for (const time of [...during, after]) {
    if (time - previous > longest.ms) longest = { from: previous, to: time, ms: time - previous };
    previous = time;
  }
  return longest;
}
