import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Connection } from '../../../src/client/connection.js';
import type { Outcome } from '../../../src/client/outcome.js';
import type { KubernetesObject, Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { PlainObject } from '../../manifests/synth.js';
import { own } from '../../support/own-processes.js';
import { Names } from './names.js';

const CONFIG = 'haproxy.cfg';
/** The nameservers of the machine. */
const CLUSTER_DNS = 'parse-resolv-conf';

/** Where distributions put it is not on everybody's PATH. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

export const hasHaproxy = spawnSync('haproxy', ['-v'], { env: { PATH } }).status === 0;

/** One of a topology's proxies on this machine: the manifest's configuration, with a DNS that knows loopback addresses. */
export class RehearsedProxy {
  private child?: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  output = '';

  /** @param address where it listens */
  private constructor(
    objects: readonly KubernetesObject[],
    private readonly hosts: Readonly<Record<string, string>>,
    names: Names,
    readonly address: string,
  ) {
    const { data } = (objects as PlainObject[]).find(({ kind, data }) => kind === 'ConfigMap' && CONFIG in data);
    const config: string = data[CONFIG];
    expect(config).toContain(CLUSTER_DNS);
    writeFileSync(this.file, config.replace(CLUSTER_DNS, `nameserver cluster ${names.address}`));
    onTestFinished(() => this.close());
  }

  /**
   * A proxy of a rehearsal, on an address that no pod of it has; not started. It knows the servers by name, as in a cluster.
   *
   * @param known whether these names have addresses
   */
  static async of(
    objects: readonly KubernetesObject[],
    { sites, servers }: Rehearsal,
    known = true,
  ): Promise<RehearsedProxy> {
    const [first = ''] = servers;
    const address = sites.addressOf(first).replace(/\d+$/, '250');
    const addresses = servers.map((server) => [`${server}.cache.svc.cluster.local.`, sites.addressOf(server)] as const);
    const hosts = Object.fromEntries(addresses.map(([name], ordinal) => [`SERVER_${ordinal}`, name]));
    const names = await Names.serve(address, known ? Object.fromEntries(addresses) : {});
    return new RehearsedProxy(objects, hosts, names, address);
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

  /** What its checks of a server came to: whether the last one passed, and how often they took the server down. */
  async checks(backend: string, server: string): Promise<{ passing: boolean; downs: number }> {
    const { text } = await this.get('/metrics?scope=server');
    const value = (metric: string, more = '') =>
      Number(
        new RegExp(`^haproxy_server_${metric}\\{proxy="${backend}",server="${server}"${more}\\} (\\d+)$`, 'm').exec(
          text,
        )?.[1],
      );
    return { passing: value('check_status', ',state="L7OK"') === 1, downs: value('check_up_down_total') };
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
