import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/threats.md'), 'utf8');

/** Packages whose code is in a program, by name. */
async function packagesIn(program: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [program],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const names = Object.keys(metafile.inputs).flatMap((path) => {
    const [, within] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
    return within ?? [];
  });
  return [...new Set(names)].sort();
}

it.each([
  ['agent.cjs', 'src/agent/program/main.ts'],
  ['create-secret.cjs', 'src/auth/program/create-secret.ts'],
  ['verify.cjs', 'src/verification/program/verify.ts'],
])('the threat page names all third-party code in %s', async (file, program) => {
  const [, row = ''] = new RegExp(`^\\| \`${file.replace('.', '\\.')}\`[^|]*\\|([^|]*)\\|$`, 'm').exec(page) ?? [];
  const named = row.trim().startsWith('none') ? [] : [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(await packagesIn(program)).toEqual(named);
});
