// Part of `npm run docs`: writes docs/simulator/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './asset-plugins.mjs';
import { buildPage } from './page.mjs';

const folder = join(root, 'docs/simulator');
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(await buildPage())) writeFileSync(join(folder, name), text);
