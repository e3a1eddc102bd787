import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { topologyManifest } from '../../src/cli/manifests.js';
import { withWordTables } from '../../src/docs/configuration.js';
import { memoryBudget } from '../../src/server/memory-budget.js';
import { parseTopology } from '../../src/topology-file/load.js';
import { TopologyFileError } from '../../src/topology-file/problem.js';
import { BLOCKS, type Block, read } from './support/pages.js';

const yaml = BLOCKS.filter(({ language }) => language === 'yaml');
const isRefused = ({ words }: Block) => words[0] === 'refused';
const isObject = ({ text }: Block) => /^apiVersion:/m.test(text);
const cases = (blocks: readonly Block[]) => blocks.map((block) => [block.place, block] as const);

describe('topologies', () => {
  it.each(cases(yaml.filter((block) => !isObject(block) && !isRefused(block))))('%s synthesises', (_, block) => {
    const { objects } = topologyManifest(parseTopology('example.yaml', block.text));
    expect(objects.filter(({ kind }) => kind === 'StatefulSet')).not.toEqual([]);
  });

  it.each(cases(yaml.filter(isRefused)))('%s is refused with the answer that follows', (_, block) => {
    const [, file = ''] = block.words;
    const answer = BLOCKS[BLOCKS.indexOf(block) + 1];
    let message = 'it was taken\n';
    try {
      parseTopology(file, block.text);
    } catch (error) {
      if (!(error instanceof TopologyFileError)) throw error;
      message = `${error.message.trimEnd()}\n`;
    }
    expect(message).toBe(answer?.text);
  });

  it.each(cases(yaml.filter(isObject)))('%s is a Kubernetes object', (_, block) => {
    for (const document of parseAllDocuments(block.text)) {
      expect(document.errors).toEqual([]);
      expect(document.toJS()).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
    }
  });
});

it('lists every word of a topology file, as the props have it (`npm run docs` writes the tables)', () => {
  const page = read('docs/configuration.md');
  expect(withWordTables(page)).toBe(page);
  expect(page).toContain('| `failover.downAfter` |');
});

it('tells how memory is divided as it is', () => {
  const page = read('docs/configuration.md');
  const mebibytes = (bytes: number) => String(Math.round(bytes / 2 ** 20));
  const rows = [...page.matchAll(/^\| (\d+)([MG])i( \| \d+){7} \|$/gm)].map(([row, amount, unit]) => {
    const memory = Number(amount) * (unit === 'G' ? 1024 : 1) * 2 ** 20;
    const { maxmemory, data, backlog, clients, replicas, fork, process } = memoryBudget(memory);
    const parts = [maxmemory, data, backlog, clients, replicas, fork, process].map(mebibytes);
    return [row, `| ${[`${amount}${unit}i`, ...parts].join(' | ')} |`];
  });
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.map(([written]) => written)).toEqual(rows.map(([, computed]) => computed));
});
