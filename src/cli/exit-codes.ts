/** What the command's exit status means. `verify` and `status` alone can end with UNKNOWN. */
export const EXIT = {
  /** All went well: written, sound. */
  ok: 0,
  /** Refused, failed, or seen to be unsound. */
  failed: 1,
  /** It could not be told whether the topology is sound. */
  unknown: 2,
  /** The command line says what nobody understands (`EX_USAGE` of sysexits.h). */
  usage: 64,
  /** Ended by Ctrl-C: 128 and the number of SIGINT, as a shell has it. */
  interrupted: 130,
} as const;

/** For the help, in the order of the numbers. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'all went well; the topology is sound'],
  [EXIT.failed, 'refused or failed; the topology is unsound'],
  [EXIT.unknown, 'verify and status: it could not be told'],
  [EXIT.usage, 'the command line was not understood'],
  [EXIT.interrupted, 'ended by Ctrl-C'],
];
