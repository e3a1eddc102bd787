import { coloured } from '../terminal.js';
import type { Judgement, PasswordRow, SentinelRow, ServerRow, Verdict } from './judgement.js';
import { changing } from './passwords.js';

const COLOUR = { sound: 'green', unsound: 'red', unknown: 'yellow' } as const satisfies Record<Verdict, string>;
const WORDS: Readonly<Record<Verdict, string>> = {
  sound: 'sound',
  unsound: 'unsound',
  unknown: 'it cannot be told whether it is sound',
};

/** A judgement for people. */
export function judgementText(judgement: Judgement): string {
  const { topology, verdict, master, certificateExpires, servers, sentinels, findings } = judgement;
  const passwords = changing(judgement.passwords);
  const who = master === undefined ? 'no one master' : `${master} is master`;
  return [
    `${coloured('bold', topology)}: ${coloured(COLOUR[verdict], WORDS[verdict])}; ${who}`,
    ...(certificateExpires === undefined ? [] : [`the certificate ends on ${certificateExpires.slice(0, 10)}`]),
    ...(servers.length > 0 ? ['', ...table([SERVER_HEADS, ...servers.map(serverCells)])] : []),
    ...(sentinels.length > 0 ? ['', ...table([SENTINEL_HEADS, ...sentinels.map(sentinelCells)])] : []),
    ...(passwords.length > 0 ? ['', ...table([PASSWORD_HEADS, ...passwords.flatMap(passwordCells)])] : []),
    ...findings.flatMap(({ kind, what, mend }) => [
      '',
      `${coloured(kind === 'wrong' ? 'red' : 'yellow', kind === 'wrong' ? 'wrong' : '?')}  ${what}`,
      `  to mend: ${mend}`,
    ]),
  ].join('\n');
}

const SERVER_HEADS = ['SERVER', 'ROLE', 'LINK', 'OFFSET', 'BEHIND', 'LAG', 'PRIORITY', 'NODE'];

function serverCells({ pod, role, link, offset, behind, lagMs, priority, fenced, node }: ServerRow): string[] {
  return [
    pod,
    fenced ? `${role}, fenced` : role,
    link ?? '-',
    offset === undefined ? '-' : String(offset),
    behind === undefined ? '-' : `${behind} B`,
    lagMs === undefined ? '-' : `${lagMs / 1000} s`,
    priority === undefined ? '-' : String(priority),
    node ?? '-',
  ];
}

const SENTINEL_HEADS = ['SENTINEL', 'NAMES', 'EPOCH', 'CONSIDERS IT'];

function sentinelCells({ pod, names, epoch, flags }: SentinelRow): string[] {
  if (names === undefined) return [pod, 'no answer', '-', '-'];
  return [pod, names, String(epoch), flags.length === 0 ? 'up' : flags.join(', ')];
}

const PASSWORD_HEADS = ['PASSWORD OF', 'STANDS', 'ON'];

function passwordCells({ of, states }: PasswordRow): string[][] {
  return states.map(({ state, pods }) => [of, state, pods.join(', ')]);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const [heads = []] = rows;
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
