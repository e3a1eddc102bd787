import { join, resolve } from 'node:path';
import { type LoadedTopology, loadTopologies } from '../topology-file/load.js';
import { type Problem, TopologyFileError } from '../topology-file/problem.js';
import { type BundledChart, findSources, type Sources, sortSources } from './charts.js';
import { Collisions } from './collisions.js';
import { type Form, PLAIN } from './forms/form.js';
import { chartManifest, type ManifestFile, topologyManifest } from './manifests.js';
import { type Change, Output } from './output.js';

export interface SynthOptions {
  /** Topology files and charts. @default - everything in charts/ */
  readonly files: readonly string[];
  /** Folder that the manifests are written to. @default - see targets() */
  readonly output?: string;
  /** What the manifests are written as. @default - one file for each topology */
  readonly form?: Form;
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

/** What became of one topology or chart. */
export interface Written {
  readonly name: string;
  /** Where its manifest is: a file, or a folder. */
  readonly path: string;
  readonly change: Change;
}

/**
 * Reads, checks, builds, writes, in that order; nothing is written unless all topologies are sound.
 * @throws TopologyFileError, or an Error of the file system
 */
export function synth(options: SynthOptions): Written[] {
  const { form = PLAIN } = options;
  const sources = sourcesOf(options);
  const topologies = load(sources);
  const [shown = DIST, ...further] = targets(options.output);
  const outputs: Output[] = [];
  const release = holdSignals();
  try {
    for (const folder of [shown, ...further]) outputs.push(openOutput(folder));
    const written: Written[] = [];
    build(topologies, sources, (manifest) => {
      const { name } = manifest;
      const changes = form.files(manifest).map(({ path, bytes }) => {
        const [change = 'new'] = outputs.map((output) => output.add(path, bytes));
        return change;
      });
      written.push({ name, path: join(shown, form.place(name)), change: changeOfAll(changes) });
    });
    const places = written.map(({ name }) => form.place(name));
    const [removed = []] = outputs.map((output) => removeOthers(output, form, options.files.length === 0, places));
    for (const place of removed) {
      written.push({ name: place.replace(/\.k8s\.yaml$/, ''), path: join(shown, place), change: 'removed' });
    }
    // dist/ last: when another folder fails, it is still as it was.
    for (const output of outputs.reverse()) output.commit();
    return written;
  } catch (error) {
    for (const output of outputs) output.discard();
    throw error;
  } finally {
    release();
  }
}

/** @returns the places of topologies that are gone. @param everything all of charts/ is written */
function removeOthers(output: Output, form: Form, everything: boolean, places: readonly string[]): string[] {
  if (form.inFolders) return output.removeOthersInFolders(everything ? undefined : places);
  return everything ? output.removeOthers() : [];
}

/** What became of a topology, by what became of its files. */
function changeOfAll(changes: readonly Change[]): Change {
  const [first = 'new', ...others] = changes;
  return others.every((change) => change === first) ? first : 'changed';
}

/**
 * All manifests, and nothing is written. Also what `validate` does: what it takes, `synth` takes.
 * @throws TopologyFileError
 */
export function manifests(options: SynthOptions): ManifestFile[] {
  const sources = sourcesOf(options);
  const built: ManifestFile[] = [];
  build(load(sources), sources, (manifest) => built.push(manifest));
  return built;
}

function sourcesOf({ files, bundled, home }: SynthOptions): Sources {
  return sortSources(files.length === 0 ? findSources() : files, bundled, home);
}

/**
 * @param take is given one manifest after the other, until there is a problem
 * @throws TopologyFileError
 */
function build(
  topologies: readonly LoadedTopology[],
  { charts }: Sources,
  take: (manifest: ManifestFile) => void,
): void {
  const problems: Problem[] = [];
  const collisions = new Collisions();
  const check = (manifest: ManifestFile) => {
    problems.push(...collisions.add(manifest).map((message) => ({ file: manifest.source, message })));
    if (problems.length === 0) take(manifest);
  };
  for (const topology of topologies) check(topologyManifest(topology));
  for (const { file, chart } of charts) check(buildChart(file, chart));
  if (problems.length > 0) throw new TopologyFileError(problems);
}

/**
 * A signal that comes meanwhile ends the process only afterwards: half a second later, and without leaving a file behind.
 * @returns takes it back
 */
function holdSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const hold = () => {};
  for (const signal of signals) process.on(signal, hold);
  return () => {
    for (const signal of signals) process.off(signal, hold);
  };
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

function buildChart(file: string, chart: BundledChart): ManifestFile {
  try {
    return chartManifest(file, chart.load().default);
  } catch (error) {
    throw new TopologyFileError([{ file, message: (error as Error).message }]);
  }
}
