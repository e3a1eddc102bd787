import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Connection } from '../../../src/client/connection.js';
import type { Outcome } from '../../../src/client/outcome.js';
import type { KubernetesObject, Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { PlainObject } from '../../manifests/synth.js';
import { own } from '../../support/own-processes.js';

/** Where distributions put it is not on everybody's PATH. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

export const hasHaproxy = spawnSync('haproxy', ['-v'], { env: { PATH } }).status === 0;

/** One of a topology's proxies on this machine: the manifest's configuration, with loopback addresses in its environment. */
export class RehearsedProxy {
  private child?: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  output = '';

  /** @param address where it listens */
  constructor(
    private readonly objects: readonly KubernetesObject[],
    private readonly hosts: Readonly<Record<string, string>>,
    readonly address: string,
  ) {
    const config = (this.objects as PlainObject[]).find(
      ({ kind, data }) => kind === 'ConfigMap' && 'haproxy.cfg' in data,
    );
    writeFileSync(this.file, config.data['haproxy.cfg']);
    onTestFinished(() => this.close());
  }

  /** A proxy of a rehearsal, on an address that no pod of it has; not started. */
  static of(objects: readonly KubernetesObject[], rehearsal: Rehearsal): RehearsedProxy {
    const { sites, servers } = rehearsal;
    const hosts = Object.fromEntries(servers.map((server, ordinal) => [`SERVER_${ordinal}`, sites.addressOf(server)]));
    return new RehearsedProxy(objects, hosts, RehearsedProxy.addressIn(rehearsal));
  }

  /** An address that no pod of the rehearsal has. */
  static addressIn({ sites, servers: [first = ''] }: Rehearsal): string {
    return sites.addressOf(first).replace(/\d+$/, '250');
  }

  /** Fails where HAProxy finds fault with the configuration. @returns its warnings */
  check(): string {
    return execFileSync('haproxy', ['-c', '-f', this.file], { env: this.environment, encoding: 'utf8', stdio: 'pipe' });
  }

  start(): void {
    const child = own(spawn('haproxy', ['-db', '-f', this.file], { env: this.environment }));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        this.output += data;
      });
    }
    this.child = child;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Whether its process is there. */
  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** A page of its status port. */
  async get(path: string): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://${this.address}:8404${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** One command on a connection of its own. */
  async ask(command: readonly string[], port: number, password?: string): Promise<Outcome> {
    const connection = Connection.open({ host: this.address, port, password });
    const outcome = await connection.send(command, 5000);
    connection.close();
    return outcome;
  }

  /** State of each server of a backend, as its metrics have it. */
  async states(backend: string): Promise<Record<string, string>> {
    const { text } = await this.get('/metrics?scope=server');
    const lines = text.matchAll(/^haproxy_server_status\{proxy="(\w+)",server="([\w-]+)",state="(\w+)"\} 1$/gm);
    return Object.fromEntries(
      [...lines].filter(([, proxy]) => proxy === backend).map(([, , server, state]) => [server, state]),
    );
  }

  private get file(): string {
    return join(this.folder, 'haproxy.cfg');
  }

  private get environment() {
    return { PATH, POD_IP: this.address, LOCAL: this.address, ...this.hosts };
  }

  private close(): void {
    this.child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}
