import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../docs/support/pages.js';

const FOLDERS = ['.ci', 'charts', 'dist', 'docs', 'src', 'test'];
const FILES = [
  ...[
    '.gitattributes',
    '.gitignore',
    '.node-version',
    '.npmrc',
    '.shellcheckrc',
    '.kube-linter.yaml',
    '.kube-score',
    '.polaris.yaml',
    'biome.json',
    'cdk8s.yaml',
  ],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
  ...['vitest.config.ts', 'vitest.cluster.config.ts', 'vitest.faults.config.ts'],
  ...['README.md', 'CONTRIBUTING.md', 'LICENSE'],
];

// Five profiles of V8, which a test run had left behind, were once part of it.
it.skipIf(!existsSync(join(root, '.git')))(
  'nothing lies at the top of the repository that does not belong there',
  () => {
    const files = execFileSync('git', ['ls-files'], {
      cwd: root,
      encoding: 'utf8',
    });
    const tops = new Set(files.split('\n').flatMap((file) => file.split('/')[0] || []));
    expect([...tops].filter((top) => !FOLDERS.includes(top) && !FILES.includes(top))).toEqual([]);
  },
);

it('the lock file names no place to download from', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});
