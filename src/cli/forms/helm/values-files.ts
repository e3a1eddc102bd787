import { LONGEST_TOPOLOGY_NAME } from '../../../kube/names.js';
import { GROUPS } from '../../../topology/words.js';
import { MADE_BY } from '../../output.js';
import type { Values } from './values.js';

const QUANTITY = '^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$';

/** values.yaml, with what each value means. */
export function valuesText({ name, cpu, storage }: Values): string {
  return [
    `# ${MADE_BY}. Give values of your own with -f or --set; this file is written anew by synth.`,
    '# All else is chosen in the topology file, since it is checked there: run synth again.',
    ...(name === undefined
      ? []
      : [
          '',
          '# Begins the name of every object. Another name is another topology, with empty volumes.',
          `name: ${name}`,
        ]),
    '',
    '# In place of the registry that images are named with, such as registry.example.com. Their paths stay.',
    'imageRegistry: ""',
    ...(Object.keys(cpu).length === 0
      ? []
      : [
          '',
          '# What containers ask for, by component. Their memory is part of the configuration, so it is not among these.',
          'resources:',
          ...Object.entries(cpu).flatMap(([component, containers]) => [
            `  ${component}:`,
            ...Object.entries(containers).flatMap(([container, kinds]) => [
              `    ${container}:`,
              ...Object.entries(kinds).map(([kind, amount]) => `      ${kind}: { cpu: ${amount} }`),
            ]),
          ]),
        ]),
    ...(Object.keys(storage).length === 0
      ? []
      : [
          '',
          '# Volumes, which cannot be changed once they are there. Without a className: the default class of the cluster.',
          'storage:',
          ...Object.entries(storage).map(
            ([component, { size, className }]) => `  ${component}: { size: ${size}, className: "${className}" }`,
          ),
        ]),
    '',
  ].join('\n');
}

/** values.schema.json: Helm refuses what is not in it, and shows the words of what is refused on purpose. */
export function valuesSchema({ name, cpu, storage }: Values): object {
  const amount = { type: ['string', 'number'], pattern: QUANTITY };
  const own = {
    ...(name !== undefined && {
      name: { type: 'string', pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$', maxLength: LONGEST_TOPOLOGY_NAME },
    }),
    imageRegistry: { type: 'string', pattern: '^[^\\s/]*$' },
    resources: object(
      mapValues(cpu, (containers) =>
        object(
          mapValues(containers, (kinds) => object(mapValues(kinds, () => object({ cpu: amount, memory: MEMORY })))),
        ),
      ),
    ),
    storage: object(mapValues(storage, () => object({ size: amount, className: { type: 'string' } }))),
    // Helm hands it to every chart that is part of another.
    global: { type: 'object' },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: `${MADE_BY}.`,
    ...object({ ...refusals(name), ...own }),
  };
}

const MEMORY = refused(
  'it is part of redis.conf too: set `memory` or `resources` in the topology file, and run synth again',
);

/** What somebody may look for here, with the reason why it is not. */
function refusals(name: string | undefined): Record<string, object> {
  const words = GROUPS.flatMap(({ words }) => Object.keys(words));
  const inFile = (word: string) =>
    refused(`\`${word}\` is chosen in the topology file, which is checked: run synth again`);
  const count = refused(
    'the number of servers is part of their configuration: set `servers` in the topology file, and run synth again',
  );
  return {
    ...Object.fromEntries(words.map((word) => [word, inFile(word)])),
    namespace: refused('the namespace is that of the release: helm --namespace'),
    ...(name === undefined && { name: refused('the names of a chart in TypeScript are fixed') }),
    replicas: count,
    replicaCount: count,
    servers: count,
  };
}

/** Whatever is given is not these words, which are what the message says that it must be. */
function refused(words: string): { readonly description: string; readonly enum: readonly string[] } {
  return { description: words, enum: [words] };
}

function object(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', additionalProperties: false, properties };
}

function mapValues<T, U>(from: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, map(value)]));
}
