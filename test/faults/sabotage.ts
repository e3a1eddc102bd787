import { Manifest } from '../cluster/support/manifest.js';
import type { KubeObject } from '../cluster/support/objects.js';
import plainHandover from './scripts/plain-handover.sh';

interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

/** One protection of the topology, switched off in the script that has it. */
export interface Sabotage {
  readonly name: string;
  readonly file: string;
  /** Must be in the file once; undefined: the whole file is replaced. */
  readonly from?: string;
  readonly to: string;
}

/** The named master starts at once, whatever it holds and whoever else may hold more. */
export const NO_GUARD: Sabotage = {
  name: 'the guard',
  file: 'redis-start.sh',
  from: '\nas_named_master() {\n',
  to: '\nas_named_master() {\n  start_master "reason=sabotage"\n',
};

/** A replica may be promoted before it holds anything. */
export const NO_PRIORITY_RULE: Sabotage = {
  name: 'the priority rule',
  file: 'redis-start.sh',
  from: "printf 'replica-priority 0\\n'",
  to: "printf 'replica-priority 100\\n'",
};

/** Sentinel's plain FAILOVER in the place of the hand-over: the old master goes on to acknowledge writes meanwhile. */
export const NO_HAND_OVER: Sabotage = { name: 'the hand-over', file: 'redis-handover.sh', to: plainHandover };

/** @throws when the script is no longer as the sabotage knows it: it would then prove nothing */
export function sabotaged(manifest: Manifest, { name, file, from, to }: Sabotage): Manifest {
  let done = 0;
  const objects = manifest.objects.map((object) => {
    const data = object.kind === 'ConfigMap' ? (object as ConfigMap).data : undefined;
    const script = data?.[file];
    if (script === undefined) return object;
    const found = from ?? script;
    done += script.split(found).length - 1;
    return { ...object, data: { ...data, [file]: script.replace(found, () => to) } };
  });
  if (done !== 1)
    throw new Error(
      `${name} cannot be switched off: ${file} must have ${JSON.stringify(from)} once, has it ${done} times`,
    );
  return Manifest.from(objects, `${manifest.path} without ${name}`);
}
