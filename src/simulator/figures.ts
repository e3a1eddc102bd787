import type { Result } from './measure.js';

/** `0.04 s`; `never` where it did not come to an end. */
export function time(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'never';
  return `${(ms / 1000).toFixed(ms < 99_950 ? 2 : 0)} s`;
}

/** What one run came to, in a line. */
export function figuresText({ gap, acknowledged, lost, lostConfirmed, refused, whole }: Result): string {
  return [
    `longest gap without acknowledged writes ${time(gap)}`,
    `${acknowledged} acknowledged, ${lost} of them lost, ${lostConfirmed} of the confirmed`,
    `${refused} refused`,
    whole === Number.POSITIVE_INFINITY
      ? 'not whole while one watched'
      : `whole ${time(whole)} after the end of the fault`,
  ].join('; ');
}
