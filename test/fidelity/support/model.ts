import { Random } from '../../../src/simulation/random.js';
import { drawSetting, type Setting } from '../../../src/simulation/settings.js';
import { World } from '../../../src/simulation/world.js';
import { EVENTS, type Scenario, type Seen, type Stage, TIMES } from './stage.js';

/**
 * Until all are in step, and all Sentinels have had their first INFO, ms; then up to a second more, since Redis counts lag in
 * whole seconds of the clock, and a real scenario begins at any moment of one.
 */
const SETTLED_MS = 5000;
const WAIT_MS = 200;

/** Plays a scenario with the models of the simulation, without agents. */
export function playModel(
  seed: number,
  scenario: Scenario,
  setting: Partial<Setting> = {},
  begun: (world: World, begins: number) => void = () => {},
): { seen: Seen[]; world: World } {
  const seen: Seen[] = [];
  const begins = SETTLED_MS + new Random(seed, 'moment').between(0, 1000);
  const world = new World({ ...settingOf(seed, scenario), ...setting }, {}, (at, [who, what]) => {
    const event = what.startsWith('votes for') ? '+vote-for-leader' : (what.split(' ')[0] as string);
    if (at >= begins && (EVENTS as readonly string[]).includes(event)) seen.push({ at: at - begins, who, what: event });
  });
  for (const [ordinal, server] of world.servers.entries()) {
    const volume = world.pods[ordinal]?.volume;
    if (volume) server.start(volume, { master: ordinal === 0 ? undefined : world.servers[0], priority: 100 });
  }
  const state = { master: 0, configEpoch: 1, leaderEpoch: 1, currentEpoch: 1 };
  const isTogether = seed % 2 === 0;
  const together = world.random.between(0, 2200);
  for (const sentinel of scenario.sentinels > 0 ? world.sentinels : []) {
    const volume = world.pods[sentinel.host]?.volume;
    // Its hello messages, every two seconds, may fall at any time; those of real ones that were started together, at the same.
    const after = isTogether ? together + world.random.between(0, 100) : world.random.between(0, 2200);
    if (volume) world.events.after(after, () => sentinel.start(volume, state));
  }
  begun(world, begins);
  const stage = new ModelStage(world, (what) => seen.push({ at: world.events.now - begins, who: 'client', what }));
  for (const { at, act } of scenario.steps) world.events.at(begins + at, () => act(stage));
  world.events.runUntil(begins + scenario.lasts);
  return { seen, world };
}

function settingOf(seed: number, { servers, sentinels }: Scenario): Setting {
  const setting = drawSetting(seed, { profile: 'default', severity: 'few' });
  const { maxLag, ...periods } = TIMES;
  return {
    ...setting,
    servers,
    separateSentinels: sentinels,
    latency: { usual: 0.05, late: 0, lateShare: 0 },
    questionMs: 0,
    copyMs: 20,
    loadMs: 5,
    rewriteMs: 20,
    fsyncMs: 0.2,
    launchMs: 10,
    engine: {
      ...setting.engine,
      ...periods,
      quorum: 2,
      minReplicas: 1,
      maxLag,
      fsync: 'everysec' as const,
      backlogBytes: 2 ** 20,
    },
  };
}

class ModelStage implements Stage {
  private readonly stopped = new Map<string, () => void>();

  constructor(
    private readonly world: World,
    private readonly answered: (what: string) => void,
  ) {}

  private server(ordinal: number) {
    const server = this.world.servers[ordinal];
    if (!server) throw new Error(`there is no server ${ordinal}`);
    return server;
  }

  kill(server: number): void {
    this.server(server).end();
  }

  stop(server: number): void {
    this.stopped.set(`server ${server}`, this.server(server).stop());
  }

  goOn(server: number): void {
    this.stopped.get(`server ${server}`)?.();
  }

  follow(server: number, master?: number): void {
    const its = this.server(server);
    its.receive(() => its.follow(master === undefined ? undefined : this.server(master)));
  }

  pause(server: number, ms: number): void {
    this.server(server).pause(ms);
  }

  askVotes(epoch: number): void {
    for (const sentinel of this.world.sentinels) {
      sentinel.isMasterDown(sentinel.master.address, epoch, 'nobody-they-know');
    }
  }

  announce(master: number, epoch: number): void {
    for (const sentinel of this.world.sentinels) {
      sentinel.takeHello({ currentEpoch: epoch, configEpoch: epoch, master: this.server(master) });
    }
  }

  stopSentinel(sentinel: number): void {
    const its = this.world.sentinels[sentinel];
    if (its) this.stopped.set(`sentinel ${sentinel}`, its.stop());
  }

  goOnSentinel(sentinel: number): void {
    this.stopped.get(`sentinel ${sentinel}`)?.();
  }

  write(server: number): void {
    const its = this.server(server);
    its.receive(() =>
      its.write(its.clients, this.world.ledger.next(0), 1, WAIT_MS, (answer) =>
        this.answered(answer.kind === 'ok' ? `OK ${answer.confirmed}` : answer.error),
      ),
    );
  }
}
