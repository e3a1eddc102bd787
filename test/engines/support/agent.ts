import type { Outcome } from '../../../src/rehearsal/container.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';

/** What the agent of that pod answers on HTTP: the status code, and 0 where nobody answers within 2 s. */
export async function asked(rehearsal: Rehearsal, pod: string, path: string): Promise<number> {
  const url = `http://${rehearsal.sites.addressOf(pod)}:${rehearsal.sites.agentPort}${path}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  return answer?.status ?? 0;
}

/** How often the agent of that pod has said it, over all its lives. */
export function timesSaid(rehearsal: Rehearsal, pod: string, words: string): number {
  return rehearsal.log(pod, 'agent').split(words).length - 1;
}

/** Waits until the agents of these pods have said it. @param timeoutMs for each; less than the test's, which then says why */
export async function said(
  rehearsal: Rehearsal,
  words: string,
  pods = rehearsal.pods,
  timeoutMs?: number,
): Promise<void> {
  for (const pod of pods) {
    const message = `the agent of ${pod} does not say '${words}'`;
    await rehearsal.until(() => timesSaid(rehearsal, pod, words) > 0, message, { timeoutMs });
  }
}

/** A person takes the loss upon himself: the documented command. */
export function promote(rehearsal: Rehearsal, pod: string): Promise<Outcome> {
  const agent = rehearsal.container(pod, 'agent');
  return agent.execute([process.execPath, `${agent.plan.env.CONFIG_DIR}/agent.cjs`, 'promote'], 10_000);
}

/** How often the server and the Sentinel of that pod were started anew. */
export function restarts(rehearsal: Rehearsal, pod: string): number {
  return rehearsal.container(pod, 'redis').restarts + rehearsal.container(pod, 'sentinel').restarts;
}
