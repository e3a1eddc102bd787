import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../src/server/scripts/position.sh');
const TOOLS = ['sh', 'awk', 'sed', 'od', 'tr', 'tail', 'cat'];

/** A folder with BusyBox' tools alone, as Alpine has them. */
function busybox(): string {
  const folder = mkdtempSync(join(tmpdir(), 'busybox-'));
  const program = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  for (const tool of TOOLS) symlinkSync(program, join(folder, tool));
  return folder;
}

const command = (...words: string[]) =>
  [`*${words.length}`, ...words.flatMap((word) => [`$${word.length}`, word])].map((line) => `${line}\r\n`).join('');
const SELECT = command('SELECT', '0');
const INCR = command('INCR', 'counter');
const mark = (at: string) => command('SELECT', '16') + command('SET', 'keeper:mark', at);

describe.each([
  ['system', process.env.PATH as string],
  ['busybox', busybox()],
])('a position, read with the tools of %s', (_, PATH) => {
  /** @param files append-only files, from the oldest to the newest */
  const positionOf = (...files: (string | Buffer)[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'position-'));
    const names = files.map((_content, index) => `appendonly.aof.${index + 1}.incr.aof`);
    for (const [index, name] of names.entries()) writeFileSync(join(folder, name), files[index] ?? '');
    const lines = names.map((name, index) => `file ${name} seq ${index + 1} type i\n`);
    const manifest = ['file appendonly.aof.1.base.rdb seq 1 type b\n', ...lines];
    writeFileSync(join(folder, 'appendonly.aof.manifest'), manifest.join(''));
    const { stdout, stderr } = spawnSync('sh', ['-euc', '. "$1"; position "$2"', 'sh', SCRIPT, folder], {
      encoding: 'utf8',
      env: { PATH },
    });
    expect(stderr).toBe('');
    return stdout.trim();
  };
  const bytes = (position: string) => Number(position.split('/')[2]);

  it('is the newest mark, and what came after it', () => {
    const none = positionOf(`${INCR}${mark('4/100')}${INCR}${mark('4/200')}`);
    expect(none).toMatch(/^4\/200\/\d+$/);
    expect(bytes(positionOf(`${mark('4/200')}${INCR}`)) - bytes(none)).toBe(INCR.length);
    expect(bytes(positionOf(`${mark('4/200')}${INCR}${INCR}`)) - bytes(none)).toBe(2 * INCR.length);
  });

  it('counts no SELECT, which each server has where it needs one', () => {
    const plain = positionOf(`${mark('4/200')}${INCR}${INCR}`);
    expect(positionOf(`${mark('4/200')}${SELECT}${INCR}${SELECT}${INCR}`)).toBe(plain);
    // In the midst of a rewrite there are two files.
    expect(positionOf(`${mark('4/200')}${INCR}`, `${SELECT}${INCR}`)).toBe(plain);
  });

  it('counts bytes of any value, and what is there of a command that was torn', () => {
    const value = Buffer.concat([Buffer.from([0, 10, 13, 255]), randomBytes(3_000_000)]);
    const none = positionOf(mark('4/200'));
    const whole = positionOf(Buffer.concat([Buffer.from(mark('4/200')), value]));
    expect(bytes(whole) - bytes(none)).toBe(value.length);
    expect(bytes(positionOf(`${mark('4/200')}${INCR.slice(0, 7)}`)) - bytes(none)).toBe(7);
  });

  it('is not known where there is no mark', () => {
    expect(positionOf(INCR)).toBe('0/0/1');
    expect(positionOf('')).toBe('0/0/1');
    expect(positionOf(command('SET', 'keeper:mark', "somebody else's"))).toBe('0/0/1');
  });
});
