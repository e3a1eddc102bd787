import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { buildPage } from '../../src/build/page.mjs';
import { drawn, PICTURES } from '../../src/simulator/pictures.js';
import { read } from './support/pages.js';

/** What a person waits for at most, compressed. */
const MOST_BYTES = 300_000;

it('is the page of the present code, and not too large (npm run docs)', async () => {
  const files = await buildPage();
  expect(Object.keys(files)).toEqual(['index.html', 'simulator.css', 'simulator.js']);
  let bytes = 0;
  for (const [name, text] of Object.entries(files)) {
    const isPresent = read(`docs/simulator/${name}`) === text;
    expect({ name, isPresent }).toEqual({ name, isPresent: true });
    bytes += gzipSync(text).length;
  }
  expect(bytes).toBeLessThan(MOST_BYTES);
});

it('has the same stand-ins for Node as Node itself, in so far as they are used', async () => {
  const own = await import('../../src/simulator/page/node-modules.js');
  const { basename, extname } = await import('node:path');
  const { isIP } = await import('node:net');
  for (const path of ['topology.yaml', 'charts/a.b.yaml', '.yaml', 'plain']) {
    expect(own.extname(path)).toBe(extname(path));
    expect(own.basename(path, extname(path))).toBe(basename(path, extname(path)));
  }
  for (const text of ['10.0.0.1', '256.0.0.1', '::1', 'fd00::1:2', 'cache', '1.2.3', '']) {
    expect({ text, is: own.isIP(text) }).toEqual({ text, is: isIP(text) });
  }
});

it.each(PICTURES)('$name.svg is of the present code (npm run docs)', (picture) => {
  const path = `docs/pictures/${picture.name}.svg`;
  expect(existsSync(new URL(`../../${path}`, import.meta.url))).toBe(true);
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(drawn(picture));
});
