import { expect } from 'vitest';
import { Tls, type TlsTransition } from '../../../src/index.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { RedisSentinelProps } from '../../../src/topology/props.js';
import { roll } from './passwords.js';
import { objectsOf, withSecret } from './rehearsed.js';
import { SECRET } from './users.js';

type Stage = 'none' | TlsTransition | 'only';

function tlsIn(stage: Stage): Tls | undefined {
  const transition = stage === 'accept' || stage === 'prefer' ? stage : undefined;
  return stage === 'none' ? undefined : Tls.fromSecret(undefined, { transition });
}

/** One pod after the other gets what that stage says; then all is whole, and the verification content. */
export async function enter(rehearsal: Rehearsal, stage: Stage, props: RedisSentinelProps = {}): Promise<void> {
  const objects = objectsOf({ ...props, tls: tlsIn(stage) });
  rehearsal.apply(props.auth ? withSecret(objects, SECRET) : objects);
  await roll(rehearsal, rehearsal.pods);
  await rehearsal.whole();
  const verified = await rehearsal.verify();
  expect(verified?.code, `${stage}: ${verified?.output}`).toBe(0);
}

/** No server was ended for anything but the roll, and none was lost sight of. */
export function hangs(rehearsal: Rehearsal): string[] {
  return rehearsal.pods.flatMap((pod) => rehearsal.log(pod, 'agent').match(/^.*(ended-server|error door).*$/gm) ?? []);
}
