import { isatty } from 'node:tty';

/** Whether somebody reads this on a terminal. */
export function onTerminal(): boolean {
  return isatty(1) && process.env.TERM !== 'dumb';
}

const COLOURS = { red: 31, green: 32, yellow: 33, bold: 1 } as const;

/**
 * Colours on a terminal, and plain text elsewhere.
 * @see https://no-color.org
 */
export function coloured(colour: keyof typeof COLOURS, text: string): string {
  return onTerminal() && !process.env.NO_COLOR ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text;
}

/** From the top of the empty screen. */
export const CLEAR = '\x1b[H\x1b[2J';

/** One line on standard error that is written anew, where somebody reads it on a terminal; elsewhere nothing. */
export function progressLine(): { show(text: string): void; clear(): void } {
  if (!isatty(2) || process.env.TERM === 'dumb') return { show: () => {}, clear: () => {} };
  return {
    show: (text) => process.stderr.write(`\r${text}\x1b[K`),
    clear: () => process.stderr.write('\r\x1b[K'),
  };
}
