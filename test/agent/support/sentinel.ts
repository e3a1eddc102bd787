import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { admission } from '../../../src/agent/program/render/admission.js';
import { identity, sentinelConf } from '../../../src/agent/program/render/sentinel-conf.js';
import { freshAddress } from './addresses.js';
import { type EngineServer, PASSWORD, PORT, startServer, temporary } from './engine.js';

export const SENTINEL_PORT = 26379;

export interface SentinelsOptions {
  readonly engine?: string;
  readonly epoch?: number;
  readonly addresses?: readonly string[];
}

/** Real Sentinels of `master`, with the ids of the topology `shop/cache`. */
export async function startSentinels(
  master: string,
  count: number,
  options: SentinelsOptions = {},
): Promise<EngineServer[]> {
  const { engine, epoch = 1, addresses = Array.from({ length: count }, freshAddress) } = options;
  const sentinelIds = addresses.map((_, place) => identity('shop', 'cache', place));
  const start = async (me: string) => {
    const dir = temporary();
    const config = join(dir, 'sentinel.conf');
    const epochs = { configEpoch: epoch, leaderEpoch: epoch, currentEpoch: epoch };
    const common = 'sentinel down-after-milliseconds mymaster 60000\nsentinel failover-timeout mymaster 10000';
    const input = {
      common,
      bind: me,
      port: SENTINEL_PORT,
      redisPort: PORT,
      dir,
      masterName: 'mymaster',
      quorum: 2,
      ...epochs,
    };
    const login = { password: PASSWORD };
    const topology = {
      me,
      servers: [master],
      sentinels: addresses,
      sentinelIds,
      admission: admission({ used: PASSWORD }),
      serverLogin: login,
      sentinelLogin: login,
      master,
    };
    writeFileSync(config, sentinelConf({ ...input, ...topology }));
    return startServer({ engine, host: me, port: SENTINEL_PORT, config, sentinel: true });
  };
  return Promise.all(addresses.map(start));
}
