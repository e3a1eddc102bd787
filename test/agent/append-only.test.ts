import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UNTOLD } from '../../src/agent/program/decide/position.js';
import { readManifest, readPosition } from '../../src/agent/program/know/append-only.js';
import { temporary } from './support/engine.js';

const command = (...words: string[]) =>
  [`*${words.length}`, ...words.flatMap((word) => [`$${word.length}`, word])].map((line) => `${line}\r\n`).join('');
const SELECT = command('SELECT', '0');
const INCR = command('INCR', 'counter');
const mark = (at: string, key = 'agent:mark') => command('SELECT', '16') + command('SET', key, at);

/** @param files append-only files, from the oldest to the newest */
async function positionOf(...files: (string | Buffer)[]) {
  const folder = temporary();
  const names = files.map((_, index) => `appendonly.aof.${index + 1}.incr.aof`);
  for (const [index, name] of names.entries()) writeFileSync(join(folder, name), files[index] ?? '');
  // Redis 8 tells offsets too.
  const lines = names.map((name, index) => `file ${name} seq ${index + 1} type i startoffset 17\n`);
  const manifest = ['file appendonly.aof.1.base.rdb seq 1 type b\n', ...lines];
  writeFileSync(join(folder, 'appendonly.aof.manifest'), manifest.join(''));
  const found = await readManifest(folder, ['appendonly.aof.manifest', ...names]);
  return found && readPosition(folder, found);
}

it('is the newest mark, and the bytes that came after it', async () => {
  expect(await positionOf(`${INCR}${mark('4/100')}${INCR}${mark('4/200')}`)).toEqual({
    epoch: 4,
    offset: 200,
    bytes: 0,
  });
  expect(await positionOf(`${mark('4/200')}${INCR}${INCR}`)).toEqual({ epoch: 4, offset: 200, bytes: 2 * INCR.length });
});

it('understands marks of the key before, which a file may hold after an update', async () => {
  const old = mark('4/100', 'keeper:mark');
  expect(await positionOf(`${old}${INCR}`)).toEqual({ epoch: 4, offset: 100, bytes: INCR.length });
  expect(await positionOf(`${old}${mark('5/7')}`)).toMatchObject({ epoch: 5, offset: 7 });
});

it('counts no SELECT, which each server has where it needs one', async () => {
  const plain = await positionOf(`${mark('4/200')}${INCR}${INCR}`);
  expect(await positionOf(`${mark('4/200')}${SELECT}${INCR}${SELECT}${INCR}`)).toEqual(plain);
  // In the midst of a rewrite there are two files.
  expect(await positionOf(`${mark('4/200')}${INCR}`, `${SELECT}${INCR}`)).toEqual(plain);
  expect(await positionOf(INCR, `${mark('4/200')}${INCR}`, INCR)).toEqual(plain);
});

it('counts bytes of any value, and what is there of a command that was torn', async () => {
  const value = Buffer.concat([Buffer.from([0, 10, 13, 255]), randomBytes(3_000_000)]);
  expect(await positionOf(Buffer.concat([Buffer.from(mark('4/200')), value]))).toMatchObject({ bytes: value.length });
  expect(await positionOf(`${mark('4/200')}${INCR.slice(0, 7)}`)).toMatchObject({ bytes: 7 });
});

it.each([
  ['there is no mark', INCR],
  ['the file is empty', ''],
  ['the value is somebody else’s', command('SET', 'agent:mark', "somebody else's")],
  ['the last mark was torn', `${mark('4/100')}${mark('4/200').slice(0, -6)}`],
  [
    'the last mark is further away than is looked',
    Buffer.concat([Buffer.from(mark('4/200')), Buffer.alloc(17 * 2 ** 20)]),
  ],
])('is not told where %s', async (_, file) => {
  expect(await positionOf(file)).toEqual(UNTOLD);
});

it('names no file outside of its folder', async () => {
  const folder = temporary();
  writeFileSync(join(folder, 'appendonly.aof.manifest'), 'file ../../etc/passwd seq 1 type i\n');
  expect(await readManifest(folder, ['appendonly.aof.manifest'])).toMatchObject({ increments: ['passwd'] });
});
