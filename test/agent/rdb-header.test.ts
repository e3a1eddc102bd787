import { describe, expect, it } from 'vitest';
import { parseEngineVersion, readRdbHeader, whyUnreadable } from '../../src/agent/program/know/rdb-header.js';

const field = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0xfa, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

const snapshot = (magic: string, ...fields: Buffer[]) =>
  Buffer.concat([Buffer.from(magic), ...fields, Buffer.from([0xff])]);

const OF = {
  'Redis 7.0.15': snapshot('REDIS0010', field('redis-ver', '7.0.15')),
  'Redis 7.2.4': snapshot('REDIS0011', field('redis-ver', '7.2.4')),
  'Redis 8.0.2': snapshot('REDIS0012', field('redis-ver', '8.0.2')),
  'Redis 8.6.3': snapshot('REDIS0013', field('redis-ver', '8.6.3')),
  'Redis 8.8.0': snapshot('REDIS0014', field('redis-ver', '8.8.0')),
  'Valkey 8.1.1': snapshot('REDIS0011', field('valkey-ver', '8.1.1')),
  'Valkey 9.1.2': snapshot('VALKEY080', field('valkey-ver', '9.1.2')),
};

describe('a snapshot', () => {
  it.each(Object.entries(OF))('tells that %s wrote it', (writer, bytes) => {
    expect(readRdbHeader(bytes)?.writer).toBe(writer);
  });

  it('tells it behind other fields, and small numbers', () => {
    const bits = Buffer.concat([Buffer.from([0xfa, 10]), Buffer.from('redis-bits'), Buffer.from([0xc0, 64])]);
    expect(readRdbHeader(snapshot('REDIS0010', bits, field('redis-ver', '7.0.15')))?.writer).toBe('Redis 7.0.15');
  });

  it('need not tell, and may be none at all', () => {
    expect(readRdbHeader(snapshot('REDIS0009'))).toEqual({ magic: 'REDIS', version: 9, writer: undefined });
    expect(readRdbHeader(Buffer.from('*2\r\n$6\r\nSELECT\r\n'))).toBeUndefined();
    expect(readRdbHeader(Buffer.alloc(0))).toBeUndefined();
    expect(readRdbHeader(Buffer.from([...Buffer.from('REDIS0010'), 0xfa]))).toMatchObject({ version: 10 });
  });
});

describe.each([
  ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', ['Redis 7.0.15']],
  ['Redis server v=7.2.4 sha=0', ['Redis 7.0.15', 'Redis 7.2.4', 'Valkey 8.1.1']],
  ['Redis server v=8.0.2 sha=0', ['Redis 7.0.15', 'Redis 7.2.4', 'Redis 8.0.2', 'Valkey 8.1.1']],
  ['Redis server v=8.6.3 sha=0', ['Redis 7.0.15', 'Redis 7.2.4', 'Redis 8.0.2', 'Redis 8.6.3', 'Valkey 8.1.1']],
  // Of what comes after it nothing is known yet.
  [
    'Redis server v=8.10.0 sha=0',
    ['Redis 7.0.15', 'Redis 7.2.4', 'Redis 8.0.2', 'Redis 8.6.3', 'Redis 8.8.0', 'Valkey 8.1.1'],
  ],
  ['Valkey server v=8.1.1 sha=0', ['Redis 7.0.15', 'Redis 7.2.4', 'Valkey 8.1.1']],
  ['Valkey server v=9.1.2 sha=0', ['Redis 7.0.15', 'Redis 7.2.4', 'Valkey 8.1.1', 'Valkey 9.1.2']],
])('%s', (line, reads) => {
  it.each(Object.entries(OF))('reads what %s wrote, or says why not', (writer, bytes) => {
    const version = parseEngineVersion(line);
    const header = readRdbHeader(bytes);
    const why = version && header && whyUnreadable('base.rdb', header, version);
    if (reads.includes(writer)) expect(why).toBeUndefined();
    else
      expect(why).toMatch(new RegExp(`^base.rdb was written by ${writer} .* which ${version?.name} cannot read: give`));
  });
});

it('assumes that an engine of which nothing is known reads all', () => {
  expect(parseEngineVersion('KeyDB server v=6.3.4')).toBeUndefined();
});
