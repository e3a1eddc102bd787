import { type ClientFacts, clientEnvironment, clientFacts } from '../access/client-facts.js';
import { Topology } from '../topology/topology.js';
import { loadTopologies } from '../topology-file/load.js';
import { UsageError } from './command.js';
import { encode } from './yaml.js';

/** @throws TopologyFileError */
export function clientFactsOf(file: string): ClientFacts {
  if (file.endsWith('.ts')) {
    throw new UsageError(
      `client reads a topology file in YAML, got ${file}; in TypeScript it is bind(), or clientLabels`,
    );
  }
  const [topology] = loadTopologies([file]);
  const { settings } = topology ? Topology.resolve(topology.props) : {};
  if (!settings) throw new Error(`${file} holds no topology`);
  return clientFacts(settings);
}

export function clientText(facts: ClientFacts, format: 'env' | 'values', prefix = 'REDIS', user?: string): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(prefix)) {
    throw new UsageError(`--prefix must be capital letters, digits and underscores, got '${prefix}'`);
  }
  return format === 'env' ? environmentText(facts, prefix, user) : valuesText(facts, prefix, user);
}

function environmentOf(facts: ClientFacts, prefix: string, user: string | undefined) {
  try {
    return clientEnvironment(facts, prefix, user);
  } catch (error) {
    throw new UsageError(`--user: ${(error as Error).message}`);
  }
}

/** As a file of `KEY=value`, with what cannot be said in it as comments. */
function environmentText(facts: ClientFacts, prefix: string, user?: string): string {
  const { variables, secrets } = environmentOf(facts, prefix, user);
  const labels = Object.entries(facts.labels).map(([key, value]) => `${key}: "${value}"`);
  return [
    ...secrets.map(
      ({ name, key, directory, file }) => `# mount key '${key}' of the Secret ${name} as the file ${directory}/${file}`,
    ),
    `# label the pods ${labels.join(', ')}`,
    ...(facts.waitReplicas > 0 ? [`# after a write that must not be lost: WAIT ${facts.waitReplicas}`] : []),
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ].join('\n');
}

/** In the words that most charts of applications have for them. */
function valuesText(facts: ClientFacts, prefix: string, user?: string): string {
  const { variables, secrets } = environmentOf(facts, prefix, user);
  const values = {
    podLabels: facts.labels,
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...(secrets.length > 0 && {
      volumeMounts: secrets.map(({ volume, directory }) => ({ name: volume, mountPath: directory, readOnly: true })),
      volumes: secrets.map(({ volume, name, key, file }) => ({
        name: volume,
        secret: { secretName: name, items: [{ key, path: file }] },
      })),
    }),
  };
  return encode([values]).toString().trimEnd();
}
