import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const scripts = ['src', 'test']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.sh'))
  .sort();
const found = spawnSync('shellcheck', ['--version']).status === 0;

it.skipIf(!found).each(scripts)('has nothing for shellcheck to say: %s', (script) => {
  const { status, stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'style', script], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

it.each(scripts)('puts no password on a command line: %s', (script) => {
  const code = readFileSync(join(root, script), 'utf8').replace(/^\s*#.*$/gm, '');
  expect(code).not.toMatch(/-cli\b[^|\n]*\s(-a|--pass)\s/);
});
