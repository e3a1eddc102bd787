import { join, resolve } from 'node:path';
import { loadTopologies } from '../topology-file/load.js';
import { type Problem, TopologyFileError } from '../topology-file/problem.js';
import { type BundledChart, findSources, type Sources, sortSources } from './charts.js';
import { Collisions } from './collisions.js';
import { chartManifest, type Manifest, manifestBytes, topologyManifest } from './manifests.js';
import { type Change, Output } from './output.js';

export interface SynthOptions {
  /** Topology files and charts. @default - everything in charts/ */
  readonly files: readonly string[];
  /** Folder that the manifests are written to. @default - see targets() */
  readonly output?: string;
  /** Charts in TypeScript that the command was built with. */
  readonly bundled: readonly BundledChart[];
  /** The project's folder. */
  readonly home: string;
}

export const DIST = 'dist';
/**
 * Where `cdk8s synth` lets the app write (`output` of cdk8s.yaml). It empties that folder before it starts the app, so
 * it must not be the one whose files are to outlive an error.
 */
export const CDK8S_STAGING = 'build/synth';

/**
 * Reads, checks, builds, writes, in that order; nothing is written unless all topologies are sound.
 * @returns a line for each file
 * @throws TopologyFileError, or an Error of the file system
 */
export function synth(options: SynthOptions): string[] {
  const everything = options.files.length === 0;
  const sources = sortSources(everything ? findSources() : options.files, options.bundled, options.home);
  const topologies = load(sources);
  const [shown = DIST, ...further] = targets(options.output);
  const outputs: Output[] = [];
  try {
    for (const folder of [shown, ...further]) outputs.push(openOutput(folder));
    const lines: string[] = [];
    const problems: Problem[] = [];
    const collisions = new Collisions();
    const take = (manifest: Manifest) => {
      problems.push(...collisions.add(manifest).map((message) => ({ file: manifest.source, message })));
      if (problems.length > 0) return;
      const bytes = manifestBytes(manifest);
      const [change] = outputs.map((output) => output.add(manifest.name, bytes));
      lines.push(line(shown, manifest.name, change));
    };
    for (const topology of topologies) take(topologyManifest(topology));
    for (const { file, chart } of sources.charts) take(buildChart(file, chart));
    if (problems.length > 0) throw new TopologyFileError(problems);
    if (everything) {
      const [removed = []] = outputs.map((output) => output.removeOthers());
      lines.push(...removed.map((name) => line(shown, name, 'removed')));
    }
    // dist/ last: when another folder fails, it is still as it was.
    for (const output of outputs.reverse()) output.commit();
    return lines;
  } catch (error) {
    for (const output of outputs) output.discard();
    throw error;
  }
}

/**
 * Where the manifests go; the first is the one to tell about.
 * `-o` wins; else the folder in which `cdk8s synth` expects them, and dist/ besides when that is only the staging one.
 */
function targets(output: string | undefined): string[] {
  const { CDK8S_OUTDIR: cdk8s } = process.env;
  if (output !== undefined) return [output];
  if (!cdk8s) return [DIST];
  return resolve(cdk8s) === resolve(CDK8S_STAGING) ? [DIST, cdk8s] : [cdk8s];
}

function load(sources: Sources) {
  const problems = [...sources.problems];
  try {
    const topologies = loadTopologies(sources.topologies);
    if (problems.length === 0) return topologies;
  } catch (error) {
    if (!(error instanceof TopologyFileError)) throw error;
    problems.push(...error.problems);
  }
  throw new TopologyFileError(problems);
}

function openOutput(folder: string): Output {
  try {
    return new Output(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' || code === 'ENOTDIR' ? 'there is a file of that name' : message;
    throw new Error(`${folder}: the manifests cannot be written to this folder: ${reason}`);
  }
}

/** The objects of one topology file or chart, as `synth` would write them. */
export function objectsOf(file: string, { bundled, home }: Pick<SynthOptions, 'bundled' | 'home'>) {
  const sources = sortSources([file], bundled, home);
  const [topology] = load(sources);
  if (topology) return topologyManifest(topology).objects;
  return sources.charts.flatMap(({ file, chart }) => buildChart(file, chart).objects);
}

function buildChart(file: string, chart: BundledChart): Manifest {
  try {
    return chartManifest(file, chart.load().default);
  } catch (error) {
    throw new TopologyFileError([{ file, message: (error as Error).message }]);
  }
}

function line(folder: string, name: string, change: Change = 'new'): string {
  return `${join(folder, `${name}.k8s.yaml`)} ${change}`;
}
