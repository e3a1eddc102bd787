import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { root } from '../cluster/support/environment.js';
import type { KubeObject } from '../cluster/support/objects.js';
import { RenderedTopology } from '../cluster/support/rendered-topology.js';
import plainHandover from './scripts/plain-handover.sh';

interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

/** One protection of the topology, switched off where it is. */
export interface Sabotage {
  readonly name: string;
  /** The file of the ConfigMap that is replaced. */
  readonly file: 'agent.cjs' | 'hand-over.sh';
  /** Its new content, or a change of the agent's source, which must have the text `from` once. */
  readonly to: string | { readonly source: string; readonly from: string; readonly to: string };
}

const GUARD = 'function asNamedMaster(context: Context): Step<StartMemory> {\n';

/** The named master starts at once, whatever it holds and whoever else may hold more. */
export const NO_GUARD: Sabotage = {
  name: 'the guard',
  file: 'agent.cjs',
  to: {
    source: 'decide/start.ts',
    from: GUARD,
    to: `${GUARD}  if (context.known.now > 0) return startMaster(context, context.memory, 'reason=sabotage');\n`,
  },
};

/** A replica may be promoted before it holds anything. */
export const NO_PRIORITY_RULE: Sabotage = {
  name: 'the priority rule',
  file: 'agent.cjs',
  to: { source: 'render/redis-conf.ts', from: "'replica-priority 0'", to: "'replica-priority 100'" },
};

/** Sentinel's plain FAILOVER in the place of the hand-over: the old master goes on to acknowledge writes meanwhile. */
export const NO_HAND_OVER: Sabotage = { name: 'the hand-over', file: 'hand-over.sh', to: plainHandover };

/** @throws when the topology or its source is no longer as the sabotage knows it: it would then prove nothing */
export async function sabotaged(manifest: RenderedTopology, { name, file, to }: Sabotage): Promise<RenderedTopology> {
  const content = typeof to === 'string' ? to : await changedAgent(name, to);
  let done = 0;
  const objects = manifest.objects.map((object) => {
    const data = object.kind === 'ConfigMap' ? (object as ConfigMap).data : undefined;
    if (data?.[file] === undefined) return object;
    done++;
    return { ...object, data: { ...data, [file]: content } };
  });
  if (done !== 1) throw new Error(`${name} cannot be switched off: ${file} must be in one ConfigMap, is in ${done}`);
  return RenderedTopology.from(objects, `${manifest.path} without ${name}`);
}

const PROGRAM = join(root, 'src/agent/program');

async function changedAgent(name: string, change: Exclude<Sabotage['to'], string>): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(PROGRAM, 'main.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    plugins: [changing(name, change)],
  });
  return outputFiles[0]?.text ?? '';
}

function changing(name: string, { source, from, to }: Exclude<Sabotage['to'], string>): Plugin {
  return {
    name: 'sabotage',
    setup({ onLoad, onEnd }) {
      let met = false;
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(PROGRAM, source)) return undefined;
        const text = await readFile(path, 'utf8');
        const times = text.split(from).length - 1;
        if (times !== 1)
          throw new Error(
            `${name} cannot be switched off: ${source} must have ${JSON.stringify(from)} once, has it ${times} times`,
          );
        met = true;
        return { contents: text.replace(from, () => to), loader: 'ts' };
      });
      onEnd(() => {
        if (!met) throw new Error(`${name} cannot be switched off: the agent has no ${source}`);
      });
    },
  };
}
