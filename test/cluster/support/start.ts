import type { Deployment } from './deployment.js';
import { within } from './environment.js';
import { record } from './figures.js';
import type { KubeObject } from './objects.js';

/** Seconds from `kubectl apply` to ready pods and a complete verification Job, images being on the nodes. */
export const START_LIMIT = within(25);

export interface StartTimes {
  readonly podsReady: number;
  readonly verified: number;
}

/** Applies the manifest (or its objects in another order, one by one) and measures how long it takes. */
export async function startTimed(
  deployment: Deployment,
  how: string,
  order?: readonly KubeObject[],
): Promise<StartTimes> {
  const began = Date.now();
  const seconds = () => (Date.now() - began) / 1000;
  if (order) for (const object of order) await deployment.apply([object]);
  else await deployment.apply();
  // Longer than the limit: how late it was is worth knowing.
  const [podsReady, verified] = await Promise.all([
    deployment.ready(120).then(seconds),
    deployment.verified(120).then(seconds),
  ]);
  record({ kind: 'start', topology: deployment.manifest.name, how, podsReady, verified, limit: START_LIMIT });
  return { podsReady, verified };
}
