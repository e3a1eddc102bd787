import { spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { EXPORTER_PASSWORDS, TLS_DIR } from '../../../src/kube/paths.js';
import { EXPORTER_PORT, SENTINEL_PORT } from '../../../src/kube/ports.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import type { PlainObject } from '../../manifests/synth.js';
import { own } from '../../support/own-processes.js';
import { EXPORTER } from './prometheus.js';

/**
 * Debian 12's (1.45) reads its file only once, and knows no user in it: with that one the tests that need both are skipped. The
 * cluster's tests have a newer one.
 */
export const canExport =
  EXPORTER !== undefined &&
  spawnSync(EXPORTER, ['--help'], { encoding: 'utf8' }).stderr.includes('-disable-exporting-key-values');

/** redis_exporter beside the server of a rehearsed pod, started as the pod's own container would be. */
export class RehearsedExporter {
  /** What it has said. */
  log = '';
  private readonly address: string;

  constructor(rehearsal: Rehearsal, objects: readonly PlainObject[], pod: string) {
    this.address = rehearsal.sites.addressOf(pod);
    const child = own(
      spawn(EXPORTER as string, this.flags(rehearsal, objects, pod), { stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    child.stderr.on('data', (chunk) => {
      this.log += chunk;
    });
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  /** Where it tells of the Sentinel of its pod. */
  sentinelPage(scheme: 'redis' | 'rediss' = 'redis'): string {
    return `/scrape?target=${scheme}://${this.address}:${SENTINEL_PORT}`;
  }

  /** All that it tells; nothing where it does not answer. */
  async read(path = '/metrics'): Promise<string> {
    const answer = await fetch(`http://${this.address}:${EXPORTER_PORT}${path}`).catch(() => undefined);
    return (await answer?.text()) ?? '';
  }

  async isUp(path?: string): Promise<boolean> {
    return /^redis_up 1$/m.test(await this.read(path));
  }

  /** Of the container, with the rehearsal's address and folders in the place of the pod's. */
  private flags(rehearsal: Rehearsal, objects: readonly PlainObject[], pod: string): string[] {
    const set = objects.find(({ kind, metadata }) => kind === 'StatefulSet' && pod.startsWith(metadata.name));
    const containers: PlainObject[] = set?.spec.template.spec.containers ?? [];
    const { command } = containers.find(({ name }) => name === 'exporter') as PlainObject;
    const { env } = rehearsal.container(pod, 'agent').plan;
    const places: [string, string | undefined][] = [
      ['127.0.0.1', this.address],
      [EXPORTER_PASSWORDS, env.EXPORTER_PASSWORDS],
      [TLS_DIR, env.TLS_DIR],
      [`-web.listen-address=:`, `-web.listen-address=${this.address}:`],
    ];
    return command
      .slice(1)
      .map((flag: string) => places.reduce((its, [here, there]) => (there ? its.replace(here, there) : its), flag));
  }
}
