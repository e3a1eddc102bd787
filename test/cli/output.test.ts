import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Output } from '../../src/cli/output.js';
import { contents, folderWith } from './command.js';

const OURS = 'labels:\n  app.kubernetes.io/managed-by: cdk8s-redis-sentinel\n';

test('nothing is in its place before the commit, and everything after it', () => {
  const folder = folderWith({ 'a.k8s.yaml': 'old' });
  const output = new Output(folder);
  expect(output.add('a.k8s.yaml', Buffer.from('new'))).toBe('changed');
  expect(output.add('b.k8s.yaml', Buffer.from('new'))).toBe('new');
  expect(readFileSync(join(folder, 'a.k8s.yaml'), 'utf8')).toBe('old');
  output.commit();
  expect(contents(folder)).toEqual({ 'a.k8s.yaml': 'new', 'b.k8s.yaml': 'new' });
});

test('when one file cannot be put in its place, all others are taken back', () => {
  const folder = folderWith({ 'a.k8s.yaml': 'old', 'gone.k8s.yaml': OURS });
  const before = contents(folder);
  const output = new Output(folder);
  output.add('a.k8s.yaml', Buffer.from('new'));
  output.add('b.k8s.yaml', Buffer.from('new'));
  output.add('c.k8s.yaml', Buffer.from('new'));
  output.removeOthers();
  // Somebody makes a folder of that name in the meantime.
  mkdirSync(join(folder, 'c.k8s.yaml'));
  expect(() => output.commit()).toThrow();
  expect(contents(folder)).toEqual(before);
  expect(readdirSync(folder).sort()).toEqual(['a.k8s.yaml', 'c.k8s.yaml', 'gone.k8s.yaml']);
});

test('discarded, it leaves no trace, not even of a folder that it made', () => {
  const parent = folderWith();
  const output = new Output(join(parent, 'deep/out'));
  output.add('a.k8s.yaml', Buffer.from('new'));
  output.discard();
  expect(readdirSync(parent)).toEqual([]);
});

test('a run that is still going on keeps its staging folder', () => {
  const folder = folderWith();
  const first = new Output(folder);
  first.add('a.k8s.yaml', Buffer.from('first'));
  const second = new Output(folder);
  second.add('a.k8s.yaml', Buffer.from('second'));
  second.commit();
  first.commit();
  expect(contents(folder)).toEqual({ 'a.k8s.yaml': 'first' });
});

test('only what bears the label of this project counts as left over', () => {
  const folder = folderWith({ 'a.k8s.yaml': OURS, 'b.k8s.yaml': 'kind: Secret\n', 'c.yaml': OURS });
  const output = new Output(folder);
  expect(output.removeOthers()).toEqual(['a.k8s.yaml']);
  output.commit();
  expect(Object.keys(contents(folder))).toEqual(['b.k8s.yaml', 'c.yaml']);
  writeFileSync(join(folder, 'x'), '');
});

test('in its own folders it removes what it once made and makes no more, and what is then empty', () => {
  const folder = folderWith({
    'one/kustomization.yaml': '# Made by cdk8s-redis-sentinel\n',
    'one/old.yaml': OURS,
    'gone/templates/gone.yaml': OURS,
    'mixed/notes.md': 'mine',
    'mixed/old.yaml': OURS,
    'top.k8s.yaml': OURS,
  });
  const output = new Output(folder);
  expect(output.add('one/kustomization.yaml', Buffer.from('new'))).toBe('changed');
  expect(output.add('two/deep/new.yaml', Buffer.from('new'))).toBe('new');
  expect(output.removeOthersInFolders()).toEqual(['gone']);
  expect(Object.keys(contents(folder)).filter((file) => !file.startsWith('.'))).toContain('gone/templates/gone.yaml');
  output.commit();
  expect(contents(folder)).toEqual({
    'mixed/notes.md': 'mine',
    'one/kustomization.yaml': 'new',
    'top.k8s.yaml': OURS,
    'two/deep/new.yaml': 'new',
  });
  expect(readdirSync(folder).sort()).toEqual(['mixed', 'one', 'top.k8s.yaml', 'two']);
});

test('with folders named it leaves those of other topologies alone', () => {
  const folder = folderWith({ 'one/old.yaml': OURS, 'two/old.yaml': OURS });
  const output = new Output(folder);
  output.add('one/new.yaml', Buffer.from('new'));
  expect(output.removeOthersInFolders(['one'])).toEqual([]);
  output.commit();
  expect(Object.keys(contents(folder))).toEqual(['one/new.yaml', 'two/old.yaml']);
});

test('folders that it made are gone again when another file cannot be put in its place', () => {
  const folder = folderWith({ 'one/old.yaml': OURS });
  const before = contents(folder);
  const output = new Output(folder);
  output.add('one/a.yaml', Buffer.from('new'));
  output.add('two/b.yaml', Buffer.from('new'));
  output.add('z.k8s.yaml', Buffer.from('new'));
  output.removeOthersInFolders();
  mkdirSync(join(folder, 'z.k8s.yaml'));
  expect(() => output.commit()).toThrow();
  expect(contents(folder)).toEqual(before);
  expect(readdirSync(folder).sort()).toEqual(['one', 'z.k8s.yaml']);
});
