import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, expect, it } from 'vitest';

// What the tools of others find in the package as it would be published.

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-published-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let archive: Uint8Array;
beforeAll(() => {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', words, { cwd: root, encoding: 'utf8' }));
  archive = new Uint8Array(readFileSync(join(folder, filename)));
});

it('publint finds nothing in it', async () => {
  const { buffer } = archive;
  const { messages, pkg } = await publint({ pack: { tarball: buffer as ArrayBuffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it('its types are right for every way of loading it', async () => {
  const result = await checkPackage(createPackageFromTarballData(archive));
  expect(result.types).not.toBe(false);
  expect('problems' in result ? result.problems : undefined).toEqual([]);
});
