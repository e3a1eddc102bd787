import type { Peer } from '../../client/sentinel.js';
import { listed, Unknown } from './finding.js';
import { POLL_INTERVAL_MS, SETTLE_MS, WAITING_NOTICE_MS } from './limits.js';
import type { ProgramSettings } from './settings.js';
import { downFlags, mastersOf, type SentinelAnswers, type Survey, takeSurvey } from './survey.js';

/**
 * What must be there before anything can be told: every Sentinel answers and knows the master, that is one, and the
 * replicas are linked. While it is missing at the end of the wait, the verification could not tell (exit code 2).
 */
export function missing(survey: Survey, settings: ProgramSettings): string[] {
  const silent = survey.sentinels.flatMap(({ address, failure }) =>
    failure === undefined ? [] : [`Sentinel ${address}: ${failure}`],
  );
  const [master, ...rivals] = mastersOf(survey);
  // That Sentinels contradict each other is there to be seen: unsettled, and if it stays, unsound.
  if (master === undefined || rivals.length > 0) return silent;
  return [...silent, ...missingServers(survey, master, settings.servers - 1)];
}

function missingServers(survey: Survey, master: string, replicas: number): string[] {
  const server = survey.servers.find(({ address }) => address === master);
  if (server?.view === undefined) return [`master ${master}: ${server?.failure ?? 'not an address'}`];
  if (server.view.role !== 'master')
    return [`${master}, that the Sentinels name as the master, is a ${server.view.role}`];
  const { online } = server.view;
  if (online.length >= replicas) return [];
  return [`${online.length} of ${replicas} replicas linked to master ${master} (linked: ${listed(online)})`];
}

/**
 * What usually comes right a moment later, and is waited for too. If it never does it is no longer a matter of waiting:
 * the checks judge it (exit code 1).
 */
export function unsettled(survey: Survey, settings: ProgramSettings): string[] {
  const masters = mastersOf(survey);
  const views = survey.sentinels.flatMap(({ address, view }) => (view ? [{ address, view }] : []));
  const servers = survey.servers.flatMap(({ view }) => (view ? [view] : []));
  const linked = servers.filter(({ role, link, follows }) => {
    return role === 'replica' && link === 'connected' && follows === masters[0];
  });
  const good = servers.find(({ role }) => role === 'master')?.goodReplicas;
  return [
    ...(masters.length > 1 ? [`the Sentinels to agree on one of the masters ${listed(masters)}`] : []),
    ...views.flatMap(({ address, view }) =>
      unsettledView(view, settings).map((text) => `Sentinel ${address}: ${text}`),
    ),
    ...(linked.length < settings.servers - 1
      ? [`${linked.length} of ${settings.servers - 1} replicas say that they are connected to the master`]
      : []),
    ...(good !== undefined && good < settings.minReplicas
      ? [`${good} of the ${settings.minReplicas} replicas that a write needs acknowledge in time`]
      : []),
  ];
}

/** More than expected is no reason to wait: a ghost does not go away. */
function unsettledView(view: SentinelAnswers, settings: ProgramSettings): string[] {
  const up = (peers: readonly Peer[]) => peers.filter((one) => downFlags(one) === '').length;
  const against = downFlags(view.master);
  const others = settings.sentinels.length - 1;
  const replicas = settings.servers - 1;
  return [
    ...(against === '' ? [] : [`sees the master as ${against}`]),
    ...(up(view.otherSentinels) < others ? [`sees ${up(view.otherSentinels)} of ${others} other Sentinels`] : []),
    ...(up(view.replicas) < replicas ? [`sees ${up(view.replicas)} of ${replicas} replicas`] : []),
  ];
}

/**
 * Looks again and again until the topology is ready and settled, READY_TIMEOUT at most. No check is tried twice.
 * @param say is told what is waited for, when that changes and every WAITING_NOTICE_MS
 * @returns what was last seen
 * @throws Unknown when it is not ready in time, with what is missing
 */
export async function waitUntilReady(
  settings: ProgramSettings,
  say: (text: string) => void,
  stop: AbortSignal,
): Promise<Survey> {
  const started = Date.now();
  const deadline = started + settings.readyTimeoutSeconds * 1000;
  let said = { text: '', at: 0 };
  let survey: Survey | undefined;
  for (;;) {
    survey = (await before(deadline, stop, takeSurvey(settings))) ?? survey;
    const lacking = survey === undefined ? ['the first answers'] : missing(survey, settings);
    const waitingFor = survey === undefined || lacking.length > 0 ? lacking : unsettled(survey, settings);
    if (survey !== undefined && waitingFor.length === 0) return survey;

    const now = Date.now();
    const waited = `${((now - started) / 1000).toFixed(1)} s`;
    if (now >= deadline) {
      if (survey !== undefined && lacking.length === 0) return survey;
      throw new Unknown(`not ready after ${waited} (READY_TIMEOUT): ${listed(lacking)}`);
    }
    const text = listed(waitingFor);
    if (text !== said.text || now - said.at >= WAITING_NOTICE_MS) {
      say(`${waited}: ${text}`);
      said = { text, at: now };
    }
    await before(Math.min(deadline, now + POLL_INTERVAL_MS), stop);
  }
}

/**
 * One look for all checks: once more where something is unsettled that was not at readiness, SETTLE_MS at most. What stays is
 * for the checks to judge.
 */
export async function settledSurvey(
  settings: ProgramSettings,
  stop: AbortSignal,
  look: () => Promise<Survey> = () => takeSurvey(settings),
): Promise<Survey> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const survey = await look();
    const now = Date.now();
    if (now >= deadline || unsettled(survey, settings).length === 0) return survey;
    await before(Math.min(deadline, now + POLL_INTERVAL_MS), stop);
  }
}

/** The promise's value, or undefined when the time is up first. */
export async function before<T>(deadline: number, stop: AbortSignal, promise?: Promise<T>): Promise<T | undefined> {
  stop.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  const time = new Promise<undefined>((resolve, reject) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - Date.now()));
    abort = () => reject(stop.reason);
    stop.addEventListener('abort', abort);
  });
  return Promise.race(promise === undefined ? [time] : [promise, time]).finally(() => {
    clearTimeout(timer);
    if (abort) stop.removeEventListener('abort', abort);
  });
}
