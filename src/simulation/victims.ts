import type { Fault, Kind } from './faults.js';
import type { World } from './world.js';

const OF_SERVERS: ReadonlySet<Kind> = new Set([
  'kill-server',
  'kill-server-twice',
  'hang-server',
  'slow-disk',
  'damage-file',
]);

/** Whom a fault may strike: as much as may be broken at once without breaking a promise. */
export class Victims {
  /** Pods that stay broken. */
  readonly lost = new Set<number>();
  private seed = 0;

  constructor(private readonly world: World) {}

  /** The pod's number; undefined where that fault may strike nobody now. */
  of(fault: Fault): number | undefined {
    const host = this.hostOf(fault);
    if (host === undefined || this.lost.has(host) || !this.mayStrike(host, fault.kind)) return undefined;
    if (this.world.pods[host]?.server === undefined && OF_SERVERS.has(fault.kind)) return undefined;
    return host;
  }

  private hostOf({ victim }: Fault): number | undefined {
    const { servers, pods } = this.world;
    const { setting } = this.world;
    if (typeof victim === 'number') return victim < pods.length ? victim : undefined;
    const masters = servers.filter((server) => server.alive && server.role === 'master');
    const master = masters.sort((one, other) => other.reign - one.reign)[0];
    if (victim === 'master') return master?.host ?? setting.seed % setting.servers;
    const replicas = servers.filter((server) => server.alive && server.role === 'replica');
    return replicas[this.seed++ % Math.max(1, replicas.length)]?.host;
  }

  /** As many pods as may be broken at once without breaking a promise. */
  mayStrike(host: number, kind: Kind): boolean {
    const { setting, pods } = this.world;
    if (setting.severity === 'beyond') return true;
    if (kind === 'freeze-pod' && setting.profile === 'strict') return false;
    if (kind === 'stop-all' || kind === 'roll-all' || kind === 'kill-sentinels')
      return pods.every((_, other) => this.isSound(other));
    const group = (other: number) => other < setting.servers;
    const members = pods.filter((_, other) => group(other) === group(host));
    const broken = pods.filter(
      (_, other) => other !== host && group(other) === group(host) && !this.isSound(other),
    ).length;
    if (setting.severity === 'few') return broken === 0 && this.isSound(host);
    return broken + 1 <= Math.floor((members.length - 1) / 2) || (members.length === 2 && broken === 0);
  }

  /** Everything in it runs, undisturbed and in step. */
  isSound(host: number): boolean {
    const { world } = this;
    const pod = world.pods[host];
    if (pod?.state !== 'running' || pod.agent === undefined || this.lost.has(host)) return false;
    if (world.checks.isDisturbed(host)) return false;
    const { server, sentinel } = pod;
    if (sentinel && (!sentinel.alive || sentinel.stopped)) return false;
    if (!server) return true;
    if (!server.alive || server.stopped || server.loading) return false;
    if (server.role === 'master') return !server.isPaused;
    return server.link.state === 'up' && server.priority > 0;
  }
}
