import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { root } from '../docs/support/pages.js';

/** Programs of other projects that judge manifests: where they are not to be had, their tests are skipped by name. */
const PATH = [process.env.PATH, join(homedir(), 'go/bin')].join(delimiter);
const has = (program: string) => spawnSync(program, ['--help'], { env: { PATH } }).error === undefined;
const run = (program: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    env: { PATH, HOME: homedir() },
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
};

const folder = mkdtempSync(join(tmpdir(), 'checkers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of the topologies: what the example of an application has besides is its own affair. */
const MANIFESTS = readdirSync(join(root, 'dist'))
  .filter((file) => file.endsWith('.k8s.yaml'))
  .map((file) => {
    const objects = parseAllDocuments(readFileSync(join(root, 'dist', file), 'utf8')).map((document) =>
      document.toJS(),
    );
    const ours = objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by']);
    writeFileSync(join(folder, file), ours.map((object) => JSON.stringify(object)).join('\n---\n'));
    return [file, join(folder, file)] as const;
  });

/** Of a command line; what follows a `#` says why. */
const wordsOf = (file: string) =>
  readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line) => line.replace(/#.*/, '').split(/\s+/))
    .filter((word) => word !== '');

describe('every manifest of dist/ is content to', () => {
  it.runIf(has('kube-linter')).each(MANIFESTS)('kube-linter: %s', (_, manifest) => {
    const { status, said } = run('kube-linter', ['lint', '--config', '.kube-linter.yaml', manifest]);
    expect(said).toContain('No lint errors found!');
    expect(status).toBe(0);
  });

  it.runIf(has('kube-score')).each(MANIFESTS)('kube-score: %s', (_, manifest) => {
    const { status, said } = run('kube-score', [
      'score',
      '--kubernetes-version',
      'v1.29',
      '--output-format',
      'ci',
      ...wordsOf('.kube-score'),
      manifest,
    ]);
    expect(said.split('\n').filter((line) => !/^(\[(OK|SKIPPED)\].*)?$/.test(line))).toEqual([]);
    expect(status).toBe(0);
  });

  it.runIf(has('polaris')).each(MANIFESTS)('polaris: %s', (_, manifest) => {
    const { said } = run('polaris', [
      ...['audit', '--config', '.polaris.yaml', '--audit-path', manifest],
      ...['--only-show-failed-tests', '--format', 'pretty', '--color=false'],
    ]);
    expect(said).toMatch(/Final score: 100/i);
    expect(said).not.toMatch(/❌|😬/);
  });
});

it.each(['.kube-linter.yaml', '.kube-score', '.polaris.yaml'])('each exception of %s is argued in its line', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const exceptions = text.split('\n').filter((line) => /^\s*(- |--|\w+: ignore)/.test(line));
  expect(exceptions.length).toBeGreaterThan(0);
  for (const line of exceptions) expect(line).toMatch(/# [A-Z].{20,}/);
});
