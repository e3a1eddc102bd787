import { topologyWords } from '../topology/words.js';
import type { JsonSchema } from '../words/value-kind.js';

/** Where editors find it: in the package, and in a copy of this repository. */
export const SCHEMA_FILE = 'docs/topology.schema.json';

/** The line of a topology file by which editors know its schema. */
export function schemaLine(path: string): string {
  return `# yaml-language-server: $schema=${path}`;
}

/**
 * What a topology file may hold, for editors and other tools: the words, their kinds of value and their meaning. It knows no
 * rule that looks at two words; `synth` does.
 */
export function topologyJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A topology of Redis or Valkey with Sentinel',
    description: 'A file of charts/, from which cdk8s-redis-sentinel makes the manifests.',
    ...topologyWords.schema(),
  };
}
