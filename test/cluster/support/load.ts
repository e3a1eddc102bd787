import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HistoryEntry, parseHistory } from '../load/history.js';
import type { FaultWindow } from '../load/outages.js';
import type { ClientPod } from './client-pod.js';
import { resultsFolder } from './environment.js';

export interface LoadProps {
  /** @default 4 */
  readonly writers?: number;
  /** Operations a second of each writer. @default 50, so that an outage is known to about 5 ms */
  readonly rate?: number;
  /** Of each writer between two operations, in ms, in place of a rate: 1 ms makes some 500 of them a second. */
  readonly pause?: number;
  /** Replicas that confirm each write (`WAIT`). @default 1 */
  readonly wait?: number;
  /** Clients that read the writers' registers. @default 0 */
  readonly readers?: number;
  /** Whose registers: of the writers from 0 to this. @default - of all writers of this load, where there are readers */
  readonly watched?: number;
  /** `host:port` of the one server to speak to. @default - the master, by asking Sentinel */
  readonly pinned?: string;
  /** That its certificate must hold, where there is TLS. @default - its host */
  readonly pinnedName?: string;
  /** `host:port` of the Service that leads to the master, for a client that knows no Sentinel. */
  readonly plain?: string;
  /** What the keys begin with; two loads that are judged together have the same. @default - another one each time */
  readonly run?: string;
  /** Number of the first writer and reader. @default 0 */
  readonly first?: number;
}

/** Clients that write at once. */
export const WRITERS = 4;

/** Writers in the client pod, from `start` to `stop`. */
export class Load {
  static async start(client: ClientPod, name: string, props: LoadProps = {}): Promise<Load> {
    const {
      writers = WRITERS,
      rate = 50,
      pause,
      wait = 1,
      readers = 0,
      watched,
      pinned,
      pinnedName,
      plain,
      run,
      first = 0,
    } = props;
    const history = `/history/${name}.jsonl`;
    const args = [
      '--history',
      history,
      '--writers',
      `${writers}`,
      '--rate',
      `${rate}`,
      '--wait',
      `${wait}`,
      '--readers',
      `${readers}`,
      '--first',
      `${first}`,
      ...(pause === undefined ? [] : ['--pause', `${pause}`]),
      ...(run ? ['--run', run] : []),
      ...(watched === undefined ? [] : ['--watched', `${watched}`]),
      ...(pinned ? ['--pinned', pinned] : []),
      ...(pinnedName ? ['--pinned-name', pinnedName] : []),
      ...(plain ? ['--plain', plain] : []),
      ...client.access,
    ];
    const clock = await Clock.read(client);
    await client.run(['start', ...args]);
    return new Load(client, history, name, clock);
  }

  private constructor(
    private readonly client: ClientPod,
    private readonly history: string,
    private readonly name: string,
    readonly clock: Clock,
  ) {}

  /** Ends the load; gives the complete history. */
  async collect(): Promise<string> {
    await this.client.run(['stop', '--history', this.history], 150_000);
    return this.client.read(this.history);
  }

  /** Ends the load, and copies the complete history into the results folder. */
  async stop(): Promise<HistoryEntry[]> {
    const text = await this.collect();
    const folder = join(resultsFolder(), 'histories');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.client.kubectl.namespace}-${this.name}.jsonl`), text);
    return parseHistory(text);
  }
}

/** How far the pod's clock is ahead of ours, in ms: somewhere between these two, since asking takes time. */
export class Clock {
  static async read(client: ClientPod): Promise<Clock> {
    const before = Date.now();
    const there = Number(await client.run(['clock']));
    return new Clock(there - Date.now(), there - before);
  }

  private constructor(
    private readonly least: number,
    private readonly most: number,
  ) {}

  /** A time span of ours on the pod's clock: never shorter than it was. */
  there(name: string, from: number, to: number): FaultWindow {
    return { name, from: from + this.least, to: to + this.most };
  }
}
