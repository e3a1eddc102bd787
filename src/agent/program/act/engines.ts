import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutUnknown } from '../../../engine/directives.js';
import { versionIn } from '../../../engine/version.js';
import { loginOf } from '../accounts.js';
import type { Address } from '../decide/known.js';
import type { Order } from '../decide/orders.js';
import { remove, replaceFile, replaceFileOnDisk } from '../files.js';
import type { Container } from '../know/container.js';
import type { Volume } from '../know/volume.js';
import { pidFilePath, placesPath } from '../paths.js';
import { redisConf } from '../render/redis-conf.js';
import { sentinelConf } from '../render/sentinel-conf.js';
import type { Surroundings } from '../surroundings.js';
import { bindOf } from '../transition.js';
import { ownName } from '../trust.js';

type Started<Kind extends Order['do']> = Extract<Order, { do: Kind }>;

/** Starts and ends the engines of this pod: configuration first, then the order through the container's pipe. */
export class Engines {
  constructor(
    private readonly around: Surroundings,
    private readonly redis: Container,
    private readonly sentinel: Container,
    private readonly volume: Volume,
    /** Told of the life of the server that was started, and whether its files were put aside before. */
    private readonly serverStarted: (life: { readonly token: string; readonly aside: boolean }) => void,
  ) {}

  async startServer({ master, position, setAside }: Started<'start-server'>): Promise<void> {
    const life = this.redis.waits;
    if (!life) return;
    const { settings, plan, passwords, accounts, trust, say } = this.around;
    if (setAside) say(`put-aside files=${await this.volume.setAside()} reason=cannot-be-read`);
    const common = await readFile(join(settings.configDir, 'redis.conf'), 'utf8');
    const pidFile = pidFilePath(settings.runDir);
    remove(pidFile);
    const config = redisConf({
      // An image may hold another version than the manifest says.
      common: withoutUnknown(common, settings.engine, versionIn(life.version) ?? ''),
      bind: bindOf(settings),
      port: settings.redisPort,
      dir: join(settings.dataDir, 'redis'),
      pidFile,
      // From the first stage of a transition on by name, so that no Sentinel of the next stage sees one server in two forms.
      me: settings.tls ? ownName(settings) : plan.me,
      admission: accounts.lines('server', passwords),
      login: loginOf(settings, 'replication', passwords.used),
      tls: trust?.config,
      master,
      position,
    });
    replaceFile(join(settings.runDir, 'redis.conf'), config);
    this.serverStarted({ token: life.token, aside: setAside === true });
    this.redis.order('start', life.token);
  }

  endServer(): void {
    const token = this.redis.runs;
    if (token !== undefined) this.redis.order('kill', token);
  }

  endSentinel(): void {
    const token = this.sentinel.runs;
    if (token !== undefined) this.sentinel.order('kill', token);
  }

  async startSentinel({ master, ...epochs }: Started<'start-sentinel'>): Promise<void> {
    const life = this.sentinel.waits;
    if (!life) return;
    const { settings, plan, passwords, sentinelPasswords, accounts, trust } = this.around;
    const dir = join(settings.dataDir, 'sentinel');
    const config = sentinelConf({
      common: await readFile(join(settings.configDir, 'sentinel.conf'), 'utf8'),
      bind: bindOf(settings),
      port: settings.sentinelPort,
      redisPort: settings.redisPort,
      dir,
      masterName: settings.masterName,
      quorum: settings.quorum,
      me: plan.nearest,
      servers: plan.servers,
      sentinels: plan.sentinels,
      sentinelIds: plan.sentinelIds,
      admission: accounts.lines('sentinel', sentinelPasswords),
      serverLogin: loginOf(settings, 'sentinel', passwords.used),
      sentinelLogin: loginOf(settings, 'sentinel', sentinelPasswords.used),
      tls: trust?.config,
      master,
      configEpoch: epochs.configEpoch,
      leaderEpoch: epochs.leaderEpoch,
      currentEpoch: epochs.currentEpoch,
    });
    await replaceFileOnDisk(join(dir, 'sentinel.conf'), config);
    await replaceFileOnDisk(placesPath(settings.dataDir), placesText(plan.servers));
    this.sentinel.order('start', life.token);
  }
}

/** Ordinal and address of each server: addresses change when Services are made anew, ordinals do not. */
function placesText(servers: readonly Address[]): string {
  return servers.map((address, ordinal) => `${ordinal} ${address}\n`).join('');
}
