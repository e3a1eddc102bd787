import { basename, extname, resolve } from 'node:path';
import * as v from 'valibot';
import type { RedisSentinelProps } from '../topology/props.js';
import type { VerificationOptions } from '../topology/redis-sentinel.js';
import { checkTopology } from '../topology/rules.js';
import { drillFaults } from '../verification/drill.js';
import { TopologyDocument } from './document.js';
import { type Position, type Problem, sortProblems, TopologyFileError } from './problem.js';
import { readTopologyText } from './read.js';
import { topologySchema } from './schema.js';

/** A topology as its file says it, found to be sound. */
export interface LoadedTopology {
  readonly file: string;
  readonly name: string;
  /** Where the file names it; the beginning of a file that leaves the name to its own. */
  readonly namePosition: Position;
  readonly props: RedisSentinelProps & { readonly name: string };
  /** Of the verification Job. @default - there is none */
  readonly verification?: VerificationOptions;
}

/**
 * Reads topology files and checks each of them, and that no two are the same topology.
 * @throws TopologyFileError with everything that is wrong with all of them
 */
export function loadTopologies(files: readonly string[]): LoadedTopology[] {
  const problems: Problem[] = [];
  const topologies: LoadedTopology[] = [];
  for (const file of withoutRepetitions(files)) {
    try {
      topologies.push(parseTopology(file, readTopologyText(file)));
    } catch (error) {
      if (error instanceof TopologyFileError) problems.push(...error.problems);
      else problems.push({ file, message: (error as Error).message });
    }
  }
  problems.push(...findNamesakes(topologies));
  if (problems.length > 0) throw new TopologyFileError(problems);
  return topologies;
}

/**
 * Reads one topology from the text of its file.
 * @throws TopologyFileError with everything that is wrong with it
 */
export function parseTopology(file: string, text: string): LoadedTopology {
  const document = readDocument(file, text);
  if (!document.value) throw new TopologyFileError(sortProblems(document.faults.map((fault) => ({ file, ...fault }))));

  const result = v.safeParse(topologySchema, document.value);
  const problems = (result.issues ?? []).map((issue) => describe(file, document, issue));
  const words = result.success ? result.output : soundPart(document.value, result.issues);
  const { verification, ...given } = words;
  const props = { ...given, name: given.name ?? basename(file, extname(file)) };
  const ofDrill = drillFaults(verification ?? {}).map((fault) => ({ ...fault, path: ['verification', ...fault.path] }));
  for (const { path, message } of [...checkTopology(props), ...ofDrill]) {
    problems.push({ file, position: document.positionOfValue(path), message });
  }
  if (problems.length > 0) throw new TopologyFileError(sortProblems(problems));
  return { file, name: props.name, namePosition: document.positionOfValue(['name']), props, verification };
}

function readDocument(file: string, text: string): TopologyDocument {
  try {
    return new TopologyDocument(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TopologyFileError([{ file, message: 'the brackets or lists are nested too deeply' }]);
  }
}

type Issue = v.InferIssue<typeof topologySchema>;

function describe(file: string, document: TopologyDocument, issue: Issue): Problem {
  const path = (issue.path ?? []).map(({ key }) => key as PropertyKey);
  // An unknown word; nothing else is checked by hand.
  const isKey = issue.type === 'raw_check';
  const position = isKey ? document.positionOfKey(path) : document.positionOfValue(path);
  return { file, position, message: `'${path.map(String).join('.')}' ${issue.message}` };
}

/**
 * What remains when every word that has a fault in it is left out: enough to hold it against the rules, so that a person
 * sees what they say in the same run.
 */
function soundPart(value: Record<string, unknown>, issues: readonly Issue[]): v.InferOutput<typeof topologySchema> {
  const faulty = new Set(issues.map((issue) => String(issue.path?.[0]?.key)));
  const rest = Object.fromEntries(Object.entries(value).filter(([key]) => !faulty.has(key)));
  const result = v.safeParse(topologySchema, rest);
  return result.success ? result.output : {};
}

function withoutRepetitions(files: readonly string[]): string[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    const path = resolve(file);
    return seen.has(path) ? false : seen.add(path);
  });
}

function findNamesakes(topologies: readonly LoadedTopology[]): Problem[] {
  const first = new Map<string, LoadedTopology>();
  return topologies.flatMap((topology) => {
    const namesake = first.get(topology.name);
    if (!namesake) {
      first.set(topology.name, topology);
      return [];
    }
    const { line, column } = namesake.namePosition;
    const message = `'name' must be another than that of ${namesake.file}:${line}:${column}, both are '${topology.name}'`;
    return [{ file: topology.file, position: topology.namePosition, message }];
  });
}
