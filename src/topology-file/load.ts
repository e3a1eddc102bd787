import { basename, extname, resolve } from 'node:path';
import { FOREIGN_WORDS } from '../topology/foreign.js';
import type { NamedProps } from '../topology/props.js';
import { Topology } from '../topology/topology.js';
import { topologyWords } from '../topology/words.js';
import { Reading } from '../words/reading.js';
import { TopologyDocument } from './document.js';
import { type Position, type Problem, sortProblems, TopologyFileError } from './problem.js';
import { readTopologyText, STDIN } from './read.js';

/** A topology as its file says it, found to be sound. */
export interface LoadedTopology {
  readonly file: string;
  readonly name: string;
  /** Where the file names it; the beginning of a file that leaves the name to its own. */
  readonly namePosition: Position;
  readonly props: NamedProps;
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
      topologies.push(file === STDIN ? readStandardInput() : parseTopology(file, readTopologyText(file)));
    } catch (error) {
      if (error instanceof TopologyFileError) problems.push(...error.problems);
      else problems.push({ file: labelOf(file), message: (error as Error).message });
    }
  }
  problems.push(...findNamesakes(topologies));
  if (problems.length > 0) throw new TopologyFileError(problems);
  return topologies;
}

function readStandardInput(): LoadedTopology {
  return parseTopology(labelOf(STDIN), readTopologyText(STDIN), { named: false });
}

function labelOf(file: string): string {
  return file === STDIN ? '<stdin>' : file;
}

/**
 * Reads one topology from the text of its file.
 * @param named whether the file's name can be the topology's
 * @throws TopologyFileError with everything that is wrong with it
 */
export function parseTopology(file: string, text: string, { named = true } = {}): LoadedTopology {
  const document = readDocument(file, text);
  if (!document.value) throw new TopologyFileError(sortProblems(document.faults.map((fault) => ({ file, ...fault }))));

  const reading = Reading.begin({
    typed: (path) => document.typed(path),
    foreign: FOREIGN_WORDS.answer,
    foreignAnywhere: FOREIGN_WORDS.answerAnywhere,
  });
  // What has a fault in it is left out: the rest is held against the rules, so that a person sees all in the same run.
  const given = topologyWords.read(document.value, reading) ?? {};
  const problems = reading.faults.map(({ path, ofWord, message }): Problem => {
    const position = ofWord ? document.positionOfKey(path) : document.positionOfValue(path);
    return { file, position, message: `'${path.join('.')}' ${message}` };
  });
  if (!named && document.value.name === undefined) {
    const message =
      "'name' must be given, since standard input has no name that it could be: add a line such as name: cache";
    problems.push({ file, position: { line: 1, column: 1 }, message });
  }
  const props = { ...given, name: given.name ?? (named ? basename(file, extname(file)) : 'unnamed') };
  for (const { path, message } of Topology.resolve(props).violations ?? []) {
    problems.push({ file, position: document.positionOfValue(path), message });
  }
  if (problems.length > 0) throw new TopologyFileError(sortProblems(problems));
  return { file, name: props.name, namePosition: document.positionOfValue(['name']), props };
}

function readDocument(file: string, text: string): TopologyDocument {
  try {
    return new TopologyDocument(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TopologyFileError([{ file, message: 'the brackets or lists are nested too deeply' }]);
  }
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
    const elsewhere = topology.props.namespace !== namesake.props.namespace;
    const message =
      `'name' must be another than that of ${namesake.file}:${line}:${column}, both are '${topology.name}'` +
      `${elsewhere ? ', also in another namespace' : ''}, as the manifests of both would be the file ${topology.name}.k8s.yaml: give one of them another name`;
    return [{ file: topology.file, position: topology.namePosition, message }];
  });
}
