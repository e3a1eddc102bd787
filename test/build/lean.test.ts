import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { findUsed, LATE, leanK8s, leanResolve, withoutComments } from '../../src/build/bundle-plugins.mjs';

// The build makes the command start fast by changing what it takes from cdk8s. Where a newer cdk8s looks otherwise, it is
// taken as it is: slower, and nobody would notice. So each change is looked at here.

const root = join(import.meta.dirname, '../..');
const require = createRequire(join(root, 'package.json'));
const cdk8s = join(dirname(require.resolve('cdk8s/package.json')), 'lib');
const plus = dirname(require.resolve('cdk8s-plus-27'));

it('cdk8s asks its resolvers once for a value, and not for what is in it', () => {
  const before = readFileSync(join(cdk8s, 'resolve.js'), 'utf8');
  const after = leanResolve(before);
  expect(before).not.toContain('resolveWith');
  expect(after.match(/resolveWith\(/g)).toHaveLength(4);
  expect(after).not.toMatch(/(?:=> |= )resolve\(/);
});

it.each(LATE)('cdk8s loads %s where it is not used yet', (name) => {
  const files = ['helm.js', 'yaml.js', 'testing.js'].map((file) => readFileSync(join(cdk8s, file), 'utf8'));
  expect(files.some((text) => text.includes(`require("${name}")`))).toBe(true);
});

it('cdk8s starts processes through a module of its own, which is replaced', () => {
  expect(readFileSync(join(cdk8s, '_child_process.js'), 'utf8')).toContain('exports._child_process =');
});

describe('of the classes of cdk8s-plus for every kind of object', async () => {
  const path = join(plus, 'imports/k8s.js');
  const whole = await withoutComments(path);
  const used = await findUsed(plus);
  const lean = leanK8s(whole, used, path);

  it('most are left out', () => {
    expect(used.size).toBeGreaterThan(20);
    expect(lean.length).toBeLessThan(whole.length / 2);
  });

  it('all are there all the same', () => {
    const module = new Module(path);
    const { _compile: compile } = module as unknown as { _compile: (text: string, path: string) => void };
    module.paths = (Module as unknown as { _nodeModulePaths: (from: string) => string[] })._nodeModulePaths(plus);
    compile.call(module, lean, path);
    const names = Object.keys(require(path)).sort();
    expect(Object.keys(module.exports).sort()).toEqual(names);
    for (const name of names) expect(module.exports[name], name).toBeDefined();
  });
});

it('V8 takes the compiled code that the build has put beside the command', () => {
  const [, name = ''] = /(cli\.[0-9a-f]{16})\.cache/.exec(readFileSync(join(root, 'build/main.js'), 'utf8')) ?? [];
  expect(existsSync(join(root, 'build', `${name}.cache`))).toBe(true);
  const cachedData = readFileSync(join(root, 'build', `${name}.cache`));
  const script = new Script(readFileSync(join(root, 'build', `${name}.js`), 'latin1'), { cachedData });
  expect(script.cachedDataRejected).toBe(false);
});
