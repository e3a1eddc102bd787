import type { Option } from '../command.js';

/** Of the commands that ask a cluster. */
export const IN_CLUSTER: readonly Option[] = [
  {
    name: '--namespace',
    short: '-n',
    value: 'NAMESPACE',
    example: 'caches',
    meaning: "the topology's; else that of its file, or of the current context",
  },
  { name: '--context', value: 'CONTEXT', example: 'kind-kind', meaning: "kubectl's; the current one unless given" },
];
