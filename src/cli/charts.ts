import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { compare, type Problem } from '../topology-file/problem.js';
import type { ChartFactory } from './manifests.js';

/** A file of charts/ in TypeScript. It is compiled into the command when the project is built. */
export interface BundledChart {
  /** File name in charts/, `application.ts`. */
  readonly file: string;
  /** The file's text at that time, by which a later change is noticed. */
  readonly text: string;
  load(): { readonly default: ChartFactory };
}

/** What is to be made, by kind. */
export interface Sources {
  readonly topologies: readonly string[];
  readonly charts: readonly { readonly file: string; readonly chart: BundledChart }[];
  readonly problems: readonly Problem[];
}

export const CHARTS = 'charts';

/** Everything in the working folder's charts/, in the order of its bytes. */
export function findSources(): string[] {
  let names: string[];
  try {
    names = readdirSync(CHARTS);
  } catch {
    throw new Error(`there is no folder ${CHARTS}/ here; name the topology files, as in: synth topology.yaml`);
  }
  const files = names.filter((name) => /\.(ya?ml|ts)$/.test(name) && !name.startsWith('.') && !name.endsWith('.d.ts'));
  if (files.length === 0) {
    throw new Error(
      `${CHARTS}/ holds no topology; put one there, such as ${CHARTS}/cache.yaml with the line 'memory: 1Gi'`,
    );
  }
  return files.sort(compare).map((name) => join(CHARTS, name));
}

/**
 * Tells topology files from TypeScript charts, and finds the latter's compiled form.
 * @param home the project's folder, which the bundled charts come from
 */
export function sortSources(files: readonly string[], bundled: readonly BundledChart[], home: string): Sources {
  const charts: { file: string; chart: BundledChart }[] = [];
  const problems: Problem[] = [];
  for (const file of files.filter(isTypeScript)) {
    const chart = bundled.find((candidate) => resolve(home, CHARTS, candidate.file) === resolve(file));
    if (!chart) {
      const elsewhere = relative(join(home, CHARTS), resolve(file)) !== basename(file);
      const message = elsewhere
        ? `a chart in TypeScript is compiled into the command, so it must be in the project's ${CHARTS}/`
        : 'this chart is newer than the build; run: npm run build';
      problems.push({ file, message });
    } else if (readText(file) !== chart.text) {
      problems.push({ file, message: 'this chart was changed after the build; run: npm run build' });
    } else {
      charts.push({ file, chart });
    }
  }
  return { topologies: files.filter((file) => !isTypeScript(file)), charts, problems };
}

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
