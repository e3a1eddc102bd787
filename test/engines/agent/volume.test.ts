import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VolumeFacts } from '../../../src/agent/program/act/volume-facts.js';
import { Volume } from '../../../src/agent/program/know/volume.js';
import { hasEngine, type ServerOptions, startServer, temporary } from '../../agent/support/engine.js';
import { until } from '../../agent/support/wait.js';

/** As the launcher tells it. */
const versionOf = (engine: 'redis' | 'valkey') => execFileSync(`${engine}-server`, ['--version'], { encoding: 'utf8' });
const VERSION = versionOf('redis');
const AOF = [
  '--appendonly',
  'yes',
  '--appendfsync',
  'always',
  '--databases',
  '17',
  '--auto-aof-rewrite-percentage',
  '0',
];

/** A volume with what a real server wrote, which has been killed. */
async function written({ engine = 'redis', values = 1000 } = {}) {
  const dataDir = temporary();
  const dir = join(dataDir, 'redis');
  mkdirSync(dir);
  const server = await startServer({ engine, dir }, ...AOF);
  await server.redis('EVAL', `for i = 1, ${values} do redis.call('SET', 'key:' .. i, string.rep('v', 100)) end`, '0');
  await server.redis('BGREWRITEAOF');
  await until(
    async () => String(await server.redis('INFO', 'persistence')).includes('aof_rewrite_in_progress:0'),
    'rewritten',
  );
  // A rewrite that has yet to begin leaves three files too.
  const rewritten = (names: readonly string[]) => names.length === 3 && names.some((name) => name.includes('.2.base.'));
  await until(() => rewritten(readdirSync(join(dir, 'appendonlydir'))), 'the files before are gone');
  // On a connection of its own, so each command is preceded by the SELECT of its database.
  await server.redis('EVAL', "redis.call('SELECT', 16) redis.call('SET', 'agent:mark', '3/4711')", '0');
  await server.redis('SET', 'after', 'mark');
  await server.kill();
  return { dataDir, dir, volume: new Volume(dataDir, true), ...filesIn(dir) };
}

function filesIn(dir: string) {
  const folder = join(dir, 'appendonlydir');
  const names = readdirSync(folder);
  const path = (pattern: RegExp) => join(folder, names.find((name) => pattern.test(name)) as string);
  return { folder, base: path(/base/), increment: path(/incr/), manifest: path(/manifest$/) };
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
}

/** Whether a real server reads what is there, and with which status it ends if not. */
async function statusOfStart(dir: string, options: ServerOptions = {}): Promise<number | null | 'loads'> {
  const server = await startServer({ ...options, dir, atOnce: true }, ...AOF);
  // Not async_loading, which is 0 while it loads.
  const loads = async () => /^loading:0/m.test(String(await server.redis('INFO', 'persistence').catch(() => '')));
  let status: number | null | 'loads' | undefined;
  void server.ended().then((code) => {
    status ??= code;
  });
  await until(async () => {
    if (status === undefined && (await loads())) status = 'loads';
    return status !== undefined;
  }, 'the server loads or ends');
  await server.kill();
  return status as number | 'loads';
}

describe('a volume', () => {
  it('that is new holds nothing, and its folder is made', async () => {
    const volume = new Volume(temporary(), true);
    await volume.makeRoom();
    expect((await volume.look(VERSION, undefined)).data).toEqual({
      there: false,
      firstStart: false,
      position: { epoch: 0, offset: 0, bytes: 0 },
    });
  });

  it('with the file of a real server tells how far it had come', async () => {
    const { volume } = await written();
    const { data } = await volume.look(VERSION, undefined);
    expect(data).toMatchObject({ there: true, position: { epoch: 3, offset: 4711 } });
    expect(data.fault).toBeUndefined();
    expect(data.position.bytes).toBe('*3\r\n$3\r\nSET\r\n$5\r\nafter\r\n$4\r\nmark\r\n'.length);
  });

  it('that was never filled holds no whole copy', async () => {
    const { volume, dataDir } = await written();
    writeFileSync(join(dataDir, 'redis.incomplete'), '');
    writeFileSync(join(dataDir, 'redis.first-start'), '');
    expect((await volume.look(VERSION, undefined)).data).toMatchObject({ there: false, firstStart: true });
  });

  it('tells whether its file is the one of before a full copy, or was written since', async () => {
    const { volume, dataDir, base } = await written();
    const facts = new VolumeFacts(dataDir);
    const data = async () => (await volume.look(VERSION, undefined)).data;
    await facts.write('outdated', true);
    expect(readFileSync(join(dataDir, 'redis.outdated'), 'utf8')).toBe(basename(base));
    expect(await data()).toMatchObject({ there: true, outdated: true, position: { epoch: 3, offset: 4711 } });

    // A first copy: what was there before it was no data, and what was written after it is.
    await facts.write('incomplete', true);
    expect(await data()).toMatchObject({ there: false });
    const server = await startServer({ dir: join(dataDir, 'redis') }, ...AOF);
    await server.redis('BGREWRITEAOF');
    await until(() => !existsSync(base), 'the files before are gone');
    await server.kill();
    expect(await data()).toMatchObject({ there: true });
    expect((await data()).outdated).toBeUndefined();

    // A second one is noted for the file that is there then.
    await facts.write('outdated', true);
    expect(await data()).toMatchObject({ there: false, outdated: true });
    await volume.setAside();
    expect(await data()).toEqual({ there: false, firstStart: false, position: { epoch: 0, offset: 0, bytes: 0 } });
    await facts.write('outdated', false);
    expect(existsSync(join(dataDir, 'redis.outdated'))).toBe(false);
  });

  it('of a topology without persistence holds nothing, and its snapshot is removed', async () => {
    const { dataDir, dir } = await written();
    writeFileSync(join(dir, 'dump.rdb'), 'REDIS0010');
    expect((await new Volume(dataDir, false).look(VERSION, undefined)).data.there).toBe(false);
    expect(existsSync(join(dir, 'dump.rdb'))).toBe(false);
  });

  it('that cannot be written says why', async () => {
    const blocker = join(temporary(), 'file');
    writeFileSync(blocker, '');
    await expect(new Volume(blocker, true).makeRoom()).rejects.toThrow(
      /volume: .*\/redis cannot be written by uid \d+: .*fsGroup/,
    );
  });

  it('loses the leftovers of a rewrite and of a full copy, and nothing else', async () => {
    const { volume, dir, folder } = await written();
    const leftovers = [
      'temp-1234.rdb',
      'temp-1700000000.55.rdb',
      'temp-rewriteaof-55.aof',
      'temp-rewriteaof-bg-55.aof',
    ];
    for (const name of leftovers) writeFileSync(join(dir, name), Buffer.alloc(100));
    writeFileSync(join(folder, 'temp-appendonly.aof.incr.aof'), '');
    writeFileSync(join(dir, 'dump.rdb'), 'kept');
    const before = readdirSync(folder).length;
    const { removed } = await volume.look(VERSION, undefined);
    expect([...removed].sort()).toEqual(
      ['temp-appendonly.aof.incr.aof(0)', ...leftovers.map((name) => `${name}(100)`)].sort(),
    );
    expect(readdirSync(dir).sort()).toEqual(['appendonlydir', 'dump.rdb']);
    expect(readdirSync(folder)).toHaveLength(before - 1);
    expect(await statusOfStart(dir)).toBe('loads');
  });
});

describe('leftovers', () => {
  it('are what a real server leaves behind that is killed while it rewrites its file', async () => {
    const dataDir = temporary();
    const dir = join(dataDir, 'redis');
    mkdirSync(dir);
    const server = await startServer({ dir }, ...AOF, '--rdb-key-save-delay', '5000');
    await server.redis('EVAL', "for i = 1, 1000 do redis.call('SET', 'key:' .. i, 'v') end", '0');
    await server.redis('BGREWRITEAOF');
    const left = () => readdirSync(dir).filter((name) => name.startsWith('temp-'));
    await until(() => left().length > 0, 'it rewrites');
    // The child is of its process group, and ends with the container.
    const children = readFileSync(`/proc/${server.process.pid}/task/${server.process.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    await server.kill();
    for (const child of children) process.kill(Number(child), 'SIGKILL');
    expect(left()).not.toEqual([]);
    await new Volume(dataDir, true).look(VERSION, undefined);
    expect(left()).toEqual([]);
  });
});

describe('a damaged file', () => {
  it.each([
    [
      'whose base is cut in half',
      ({ base }: Written) => truncateSync(base, Math.floor(statSync(base).size / 2)),
      /base\.rdb is cut short/,
      1,
    ],
    // A server takes it for what it is, and goes on with what was appended: nearly all data would be gone without a word.
    ['whose base is empty', ({ base }: Written) => truncateSync(base, 0), /base\.rdb is empty/, 'loads'],
    [
      'whose manifest is empty',
      ({ manifest }: Written) => truncateSync(manifest, 0),
      /no manifest that can be read/,
      1,
    ],
    ['whose base is missing', ({ base }: Written) => rmSync(base), /base\.rdb is missing/, 1],
  ])('%s is found before a server is started on it', async (_, damage, fault, server) => {
    const files = await written();
    damage(files);
    expect((await files.volume.look(VERSION, undefined)).data).toMatchObject({
      there: true,
      fault: expect.stringMatching(fault),
    });
    expect(await statusOfStart(files.dir)).toBe(server);
  });

  it.each([
    [
      'in the middle of its base',
      ({ base }: Written) => overwrite(base, Math.floor(statSync(base).size / 2), Buffer.alloc(2000, 0xee)),
    ],
    ['in the middle of what was appended', ({ increment }: Written) => overwrite(increment, 5, Buffer.from('broken'))],
  ])('%s is known once a server could not read it, until something changes', async (_, damage) => {
    const { volume, dir, ...files } = await written();
    damage(files);
    expect((await volume.look(VERSION, undefined)).data.fault).toBeUndefined();
    const status = await statusOfStart(dir);
    expect(status).toBe(1);
    const after = await volume.look(VERSION, { status: 1 });
    expect(after.data.fault).toMatch(/could not be loaded \(status 1/);
    const { fingerprint } = after;
    expect((await volume.look(VERSION, { status: 1, fingerprint })).data.fault).toBeDefined();
    truncateSync(files.increment, statSync(files.increment).size - 1);
    expect((await volume.look(VERSION, { status: 1, fingerprint })).data.fault).toBeUndefined();
  });

  it('whose tail is cut is none: the server cuts it to the last whole command, and goes on', async () => {
    const { volume, dir, increment } = await written();
    truncateSync(increment, statSync(increment).size - 3);
    expect((await volume.look(VERSION, undefined)).data.fault).toBeUndefined();
    expect(await statusOfStart(dir)).toBe('loads');
  });

  it('is put aside, in the place of one that was put aside before', async () => {
    const { volume, dir } = await written();
    mkdirSync(join(dir, 'appendonlydir.damaged'));
    writeFileSync(join(dir, 'appendonlydir.damaged', 'older'), '');
    await volume.setAside();
    expect(readdirSync(dir)).toEqual(['appendonlydir.damaged']);
    expect(readdirSync(join(dir, 'appendonlydir.damaged'))).not.toContain('older');
    expect((await volume.look(VERSION, undefined)).data.there).toBe(false);
    expect(await statusOfStart(dir)).toBe('loads');
  });
});

type Written = ReturnType<typeof filesIn>;

describe.skipIf(!hasEngine('valkey'))('a file of another engine', () => {
  // Which of them reads which depends on their versions: with Redis 7.0 and Valkey 8 the one refuses and the other reads.
  it.each([
    ['valkey', 'redis'],
    ['redis', 'valkey'],
  ] as const)(
    'that %s wrote is read by %s, or named with both versions where a real server does not read it',
    async (writer, reader) => {
      const { volume, dir } = await written({ engine: writer });
      const { data } = await volume.look(versionOf(reader), undefined);
      const status = await statusOfStart(dir, { engine: reader });
      if (status === 'loads') {
        expect(data.there).toBe(true);
        expect(data.fault).toBeUndefined();
        return;
      }
      expect(status).toBe(1);
      expect(data).toMatchObject({ there: true, foreign: true });
      expect(data.fault).toMatch(/base\.rdb was written by \S+ \S+ \(format \d+\), which \S+ \S+ cannot read/);
    },
  );
});
