import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../exit-codes.js';
import { Kubectl } from '../kubectl.js';
import { print, printJson } from '../print.js';
import type { Target } from '../target.js';
import { CLEAR, onTerminal } from '../terminal.js';
import { judge } from './judge.js';
import type { Judgement, Verdict } from './judgement.js';
import { observe } from './observe.js';
import { judgementText } from './table.js';

interface ShowOptions {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

const STATUS: Readonly<Record<Verdict, number>> = { sound: EXIT.ok, unsound: EXIT.failed, unknown: EXIT.unknown };
const EVERY_MS = 2000;

/** @returns the exit status */
export async function showStatus(target: Target, { json, signal }: ShowOptions): Promise<number> {
  const judgement = judge(await observe(target, new Kubectl(target.kubectl), signal));
  if (json) printJson(judgement);
  else print(judgementText(judgement));
  return STATUS[judgement.verdict];
}

/** Until it is interrupted. On a terminal each look takes the place of the one before; elsewhere changes are told. */
export async function watchStatus(target: Target, { json, signal }: ShowOptions): Promise<never> {
  const kubectl = new Kubectl(target.kubectl);
  const live = onTerminal() && !json;
  let before: string | undefined;
  for (;;) {
    const shown = await observe(target, kubectl, signal).then(judge, (error: Error) => error);
    signal.throwIfAborted();
    const text = textOf(shown, json);
    const changed = gist(shown) !== before;
    before = gist(shown);
    if (live) print(`${CLEAR}${new Date().toLocaleTimeString('sv')}  ${text}`);
    else if (changed) print(json ? text : `${new Date().toISOString()} ${text}\n`);
    await sleep(EVERY_MS, undefined, { signal });
  }
}

function textOf(shown: Judgement | Error, json: boolean): string {
  const failed = shown instanceof Error;
  if (json) return JSON.stringify(failed ? { verdict: 'unknown', error: { message: shown.message } } : shown);
  return failed ? `error: ${shown.message}` : judgementText(shown);
}

/** What has not changed as long as this has not: offsets and seconds always do. */
function gist(shown: Judgement | Error): string {
  if (shown instanceof Error) return shown.message;
  const { verdict, servers, sentinels, waiting, passwords } = shown;
  return JSON.stringify([
    verdict,
    servers.map(({ pod, role, link, priority, fenced, node }) => [pod, role, link, priority, fenced, node]),
    sentinels,
    waiting.map(({ pod, who, reason }) => [pod, who, reason]),
    passwords,
  ]);
}
