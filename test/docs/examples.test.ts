import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { esbuildAssets } from '../../src/build/asset-plugins.mjs';
import { topologyManifest } from '../../src/cli/manifests.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { BLOCKS, type Block, root } from './support/pages.js';

const blocks = BLOCKS.filter(({ language }) => language === 'ts');

// Inside the repository, where the modules are found.
mkdirSync(join(root, 'build'), { recursive: true });
const folder = mkdtempSync(join(root, 'build', 'docs-examples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (block: Block) => `${block.place.replace(/\W+/g, '-')}.ts`;

describe('the TypeScript of the pages', () => {
  it('compiles against the library', () => {
    for (const block of blocks) writeFileSync(join(folder, fileOf(block)), block.text);
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: {
        rootDir: '../..',
        noEmit: true,
        declaration: false,
        noUnusedLocals: false,
        paths: { 'cdk8s-redis-sentinel': ['../../src/index.ts'] },
      },
      include: ['*.ts', '../../src/build/assets.d.ts'],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      cwd: root,
      encoding: 'utf8',
    });
    // What the library's own sources have wrong is told by `npm run typecheck`.
    const ours = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !/^(src|test|node_modules)\/|^\s/.test(line));
    expect(ours).toEqual([]);
  });

  it('is there', () => {
    expect(blocks.length).toBeGreaterThan(1);
  });
});

const pairs = blocks
  .filter(({ words }) => words.length > 0)
  .map((block) => {
    const [name = ''] = block.words;
    const topology = BLOCKS.find(
      ({ language, words, page }) => language === 'yaml' && words[0] === name && page === block.page,
    );
    if (!topology) throw new Error(`${block.place}: there is no block 'yaml ${name}' beside it`);
    return { place: block.place, name, block, topology };
  });

it.each(pairs)('$place gives the same objects as the topology $name', async ({ block, name, topology }) => {
  const entry = join(folder, `run-${fileOf(block)}`);
  writeFileSync(entry, block.text);
  const outfile = entry.replace('.ts', '.cjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    alias: { 'cdk8s-redis-sentinel': join(root, 'src/index.ts') },
    external: ['cdk8s', 'constructs', 'cdk8s-plus-27'],
    plugins: [esbuildAssets()],
  });
  const { status, stderr } = spawnSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const written = parseAllDocuments(readFileSync(join(folder, 'dist', `${name}.k8s.yaml`), 'utf8')).map((each) =>
    each.toJS(),
  );
  expect(written).toEqual(topologyManifest(parseTopology(`${name}.yaml`, topology.text)).objects);
});

it('has such a pair', () => {
  expect(pairs).not.toEqual([]);
});
