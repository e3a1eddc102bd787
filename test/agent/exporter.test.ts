import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ExporterPasswords, prepareExporter } from '../../src/agent/program/exporter.js';
import { Passwords } from '../../src/agent/program/passwords.js';
import { readSettings } from '../../src/agent/program/settings.js';
import { freshAddress } from './support/addresses.js';
import { temporary } from './support/engine.js';
import { environment } from './support/environment.js';
import { until } from './support/wait.js';

const PORT = 9121;

function stage() {
  const local = freshAddress();
  const file = join(temporary(), 'passwords.json');
  const settings = readSettings(
    environment({ LOCAL: local, EXPORTER_PASSWORDS: file, EXPORTER_PORT: String(PORT), RUN_DIR: temporary() }),
  );
  const passwords = Passwords.load(settings.runDir, { value: 'old "quoted"' }) as Passwords;
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  return { local, file, settings, passwords, said, say, read: () => JSON.parse(readFileSync(file, 'utf8')) };
}

/** Answers as redis_exporter does, and remembers what it was asked. */
async function exporter(host: string, status = () => 200): Promise<string[]> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status()).end();
  });
  await new Promise<void>((resolve) => server.listen(PORT, host, resolve));
  onTestFinished(() => {
    server.close();
  });
  return asked;
}

describe('the passwords of an exporter', () => {
  it('are an empty map before they are known, since it ends where it has no file', () => {
    const { settings, read, say, file } = stage();
    prepareExporter(settings, say);
    expect(read()).toEqual({});
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('are kept when the agent starts again', () => {
    const { settings, passwords, read, say } = stage();
    new ExporterPasswords(settings, passwords, passwords, say).tend(0);
    prepareExporter(settings, say);
    expect(Object.values(read())).toEqual(['old "quoted"', 'old "quoted"']);
  });

  it('stand under the addresses that the exporter is started with, and those that want none under none', () => {
    const { settings, passwords, read, say, local } = stage();
    new ExporterPasswords(settings, passwords, passwords, say).tend(0);
    expect(Object.keys(read())).toEqual([`redis://${local}:6379`, `redis://${local}:26379`]);
    new ExporterPasswords(settings, passwords, Passwords.none(), say).tend(0);
    expect(Object.keys(read())).toEqual([`redis://${local}:6379`]);
  });

  it('are read again after a change, and only then', async () => {
    const { settings, passwords, read, say, local } = stage();
    const asked = await exporter(local);
    const told = new ExporterPasswords(settings, passwords, passwords, say);
    told.tend(0);
    await until(() => told.tend(0) === Infinity, 'the exporter is told');
    expect(asked).toEqual(['GET /-/reload']);
    expect(told.tend(60_000)).toBe(Infinity);
    passwords.putInForce('new', 'old "quoted"');
    told.tend(120_000);
    expect(Object.values(read())).toEqual(['new', 'new']);
    await until(() => told.tend(120_000) === Infinity, 'the exporter is told of the change');
    expect(asked).toHaveLength(2);
  });

  it('are told again to an exporter that is away or fails, once a second', async () => {
    const { settings, passwords, say, local } = stage();
    let now = 0;
    const told = new ExporterPasswords(settings, passwords, passwords, say);
    expect(told.tend(now)).toBe(1000);
    expect(told.tend(500)).toBe(1000);
    let status = 500;
    const asked = await exporter(local, () => status);
    const again = () => {
      now += 1000;
      return told.tend(now);
    };
    await until(() => again() !== Infinity && asked.length > 0, 'it is asked again');
    status = 200;
    await until(() => again() === Infinity, 'it is told');
  });

  it('are tried again where they cannot be written', () => {
    const { settings, passwords, read, said, say, file } = stage();
    const told = new ExporterPasswords(settings, passwords, passwords, say);
    rmSync(dirname(file), { recursive: true });
    expect(told.tend(0)).toBe(1000);
    expect(said).toEqual([expect.stringContaining('error volume: ')]);
    mkdirSync(dirname(file));
    told.tend(1000);
    expect(Object.values(read())).toHaveLength(2);
  });

  it('are nobody’s where there is no exporter', () => {
    const { passwords, say } = stage();
    const settings = readSettings(environment());
    prepareExporter(settings, say);
    expect(new ExporterPasswords(settings, passwords, passwords, say).tend(0)).toBe(Infinity);
  });
});
