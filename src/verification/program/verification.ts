import { ApplicationConnection } from './application.js';
import { type Check, type Context, checksFor } from './checks.js';
import { isReplyError, withConnection } from './connection.js';
import { runDrill } from './drill.js';
import { messageOf, Unknown, Unsound } from './finding.js';
import { Keys } from './keys.js';
import { CHECKS_TIMEOUT_MS } from './limits.js';
import { settledSurvey, waitUntilReady } from './readiness.js';
import type { CheckReport, DrillFigures } from './report.js';
import type { DrillSettings, ProgramSettings } from './settings.js';
import { mastersOf, type Survey } from './survey.js';

/** Who is told what happens while it happens. */
export interface Listener {
  /** @param name of the check that waits; readiness where there is none */
  waiting(text: string, name?: string): void;
  checked(check: CheckReport): void;
}

/**
 * Waits until the topology is ready, runs the checks in order, deletes what they wrote, and runs the drill if there is to
 * be one.
 * @param stop ends it early: what is left could not be told
 * @returns the master that the checks began with
 */
export async function verify(settings: ProgramSettings, listener: Listener, stop: AbortSignal): Promise<string | null> {
  const checks: CheckReport[] = [];
  const told: Listener = {
    waiting: listener.waiting,
    checked: (check) => {
      checks.push(check);
      listener.checked(check);
    },
  };
  const ready = await becomeReady(settings, told, stop);
  if (ready !== undefined) await runChecks(settings, told, stop);
  if (settings.drill !== undefined) told.checked(await drilled(settings, settings.drill, checks, listener, stop));
  return (ready && mastersOf(ready)[0]) ?? null;
}

async function becomeReady(
  settings: ProgramSettings,
  listener: Listener,
  stop: AbortSignal,
): Promise<Survey | undefined> {
  const began = Date.now();
  let ready: Survey | undefined;
  listener.checked(
    await judged('readiness', async () => {
      ready = await waitUntilReady(settings, listener.waiting, stop);
      return `${describe(ready)} after ${((Date.now() - began) / 1000).toFixed(1)} s`;
    }),
  );
  return ready;
}

async function runChecks(settings: ProgramSettings, listener: Listener, stop: AbortSignal): Promise<void> {
  const client = new ApplicationConnection(settings);
  const keys = new Keys();
  let survey: Promise<Survey> | undefined;
  const end = AbortSignal.any([stop, AbortSignal.timeout(CHECKS_TIMEOUT_MS)]);
  const context: Context = {
    settings,
    client,
    keys,
    survey: () => {
      survey ??= settledSurvey(settings, end);
      return survey;
    },
  };
  for (const check of checksFor(settings)) listener.checked(await runCheck(check, context, end));

  const left = await cleanUp(context);
  if (left !== undefined) listener.checked(left);
  client.close();
}

async function drilled(
  settings: ProgramSettings,
  drill: DrillSettings,
  checks: readonly CheckReport[],
  listener: Listener,
  stop: AbortSignal,
): Promise<CheckReport> {
  let figures: DrillFigures | undefined;
  const say = (text: string) => listener.waiting(text, 'drill');
  const measured = (measures: DrillFigures) => {
    figures = measures;
  };
  const report = await judged('drill', () => runDrill({ settings, drill, say, measured, stop }, checks));
  return figures === undefined ? report : { ...report, figures };
}

export function runCheck(check: Check, context: Context, end: AbortSignal): Promise<CheckReport> {
  return judged(check.name, () => untilAborted(check.run(context), end));
}

/** The table of verdicts: a fault that was seen, a server's error reply, or a failure to see. */
async function judged(name: string, run: () => Promise<string>): Promise<CheckReport> {
  const started = Date.now();
  const verdict = await run().then(
    (found) => ({ verdict: 'sound' as const, found }),
    (error: unknown) => {
      if (error instanceof Unsound) {
        return { verdict: 'unsound' as const, found: error.found, expected: error.expected, mend: error.mend };
      }
      if (isReplyError(error)) {
        const found = `error reply '${messageOf(error)}'`;
        return {
          verdict: 'unsound' as const,
          found,
          expected: 'no error',
          mend: "see the server's log for this error",
        };
      }
      return { verdict: 'unknown' as const, found: messageOf(error) };
    },
  );
  return { name, milliseconds: Date.now() - started, ...verdict };
}

/** Deletes the keys, also after a failure and where the client's own connection is gone. */
async function cleanUp({ client, keys, settings }: Context): Promise<CheckReport | undefined> {
  const left = keys.toDelete;
  if (left.length === 0) return undefined;
  try {
    await client.call('DEL', ...left);
  } catch {
    const report = await judged('clean-up', async () => {
      try {
        await withConnection(new ApplicationConnection(settings), (second) => second.call('DEL', ...left));
        return 'deleted over a second connection';
      } catch (error) {
        throw new Unknown(`keys may be left, delete them with DEL ${left.join(' ')}: ${messageOf(error)}`);
      }
    });
    return report.verdict === 'sound' ? undefined : report;
  }
  return undefined;
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(isTimeUp(signal.reason) ? timeUp() : signal.reason);
    // Without this the abandoned promise's failure would end the process.
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
}

function timeUp(): Unknown {
  return new Unknown(`the time for all checks was up (${CHECKS_TIMEOUT_MS / 1000} s)`);
}

/** How AbortSignal.timeout says so. */
function isTimeUp(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function describe(survey: Survey): string {
  const masters = mastersOf(survey);
  const linked = survey.servers.find(({ address }) => address === masters[0])?.view?.online.length ?? 0;
  return `${survey.sentinels.length} Sentinels, master ${masters.join(' or ')}, ${linked} replicas linked`;
}
