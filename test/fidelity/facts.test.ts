import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isList } from '../../src/client/outcome.js';
import { depthOf, type Place } from '../../src/simulation/history.js';
import type { World } from '../../src/simulation/world.js';
import { playModel } from './support/model.js';
import { Engines, playReal } from './support/real.js';
import type { Scenario, Stage } from './support/stage.js';

const MESH: Scenario = {
  servers: 3,
  sentinels: 3,
  lasts: 0,
  steps: [],
};

/** Of a reply that is a flat list of names and values. */
function valueIn(reply: unknown, name: string): string {
  if (!Array.isArray(reply)) return '';
  const index = reply.indexOf(name);
  return index < 0 ? '' : String(reply[index + 1]);
}

describe('a Sentinel that reconfigures the replicas', () => {
  it('names the old master in SENTINEL MASTER, already in the new epoch, and the new one by GET-MASTER-ADDR-BY-NAME', async () => {
    const found: { master: string; epoch: string; address: string }[] = [];
    await playReal(MESH, async (engines) => {
      engines.kill(0);
      const until = performance.now() + 4000;
      while (performance.now() < until) {
        for (const name of ['sentinel 0', 'sentinel 1', 'sentinel 2']) {
          const [view, address] = await Promise.all([
            engines.ask(name, ['SENTINEL', 'MASTER', 'mymaster']),
            engines.ask(name, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster']),
          ]);
          const master = valueIn(view, 'ip');
          const named = isList(address ?? null) ? String((address as readonly unknown[])[0]) : '';
          if (master !== '' && master !== named)
            found.push({ master, epoch: valueIn(view, 'config-epoch'), address: named });
        }
        await sleep(10);
      }
    });
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ epoch }) => Number(epoch) > 1)).toBe(true);
  });

  it('and so does its model', () => {
    const scenario: Scenario = {
      servers: 3,
      sentinels: 3,
      lasts: 4000,
      steps: [{ at: 0, act: (stage) => stage.kill(0) }],
    };
    let found = 0;
    const look = (world: World) => {
      for (const sentinel of world.sentinels) {
        const { master, epoch } = sentinel.view();
        if (epoch > 1 && master !== sentinel.master.address) found++;
      }
    };
    for (let seed = 1; seed <= 20; seed++) {
      playModel(seed, scenario, {}, (world, begins) => {
        for (let at = 0; at < 4000; at += 10) world.events.at(begins + at, () => look(world));
      });
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('a replica that ends between a full copy and the end of the rewrite of its file', () => {
  it('has the file of before the copy', async () => {
    const scenario: Scenario = { servers: 1, sentinels: 0, lasts: 0, steps: [] };
    const engines = await Engines.start(scenario);
    try {
      await engines.ask('server 0', ['CONFIG', 'SET', 'min-replicas-to-write', '0']);
      for (let key = 0; key < 200; key++) await engines.ask('server 0', ['SET', `new:${key}`, 'value']);
      const dir = mkdtempSync(join(tmpdir(), 'fidelity-copy-'));
      engines.startServerIn(1, dir, undefined, ['--min-replicas-to-write', '0']);
      await engines.until(async () => (await engines.ask('server 1', ['SET', 'old', 'value'])) === 'OK');
      await sleep(1500);
      engines.kill(1);
      await engines.until(async () => (await engines.ask('server 1', ['PING'], 500)) !== 'PONG');
      // Each key of the rewrite takes 20 ms.
      engines.startServerIn(1, dir, 0, ['--rdb-key-save-delay', '20000']);
      await engines.until(async () => {
        const info = await engines.info(1);
        return info.get('master_link_status') === 'up' && info.get('aof_rewrite_in_progress') === '1';
      });
      expect(await engines.ask('server 1', ['GET', 'new:1'])).toBe('value');
      engines.kill(1);
      await engines.until(async () => (await engines.ask('server 1', ['PING'], 500)) !== 'PONG');
      engines.startServerIn(1, dir, undefined, ['--min-replicas-to-write', '0']);
      await engines.until(async () => (await engines.ask('server 1', ['PING'])) === 'PONG');
      expect(await engines.ask('server 1', ['GET', 'old'])).toBe('value');
      expect(await engines.ask('server 1', ['GET', 'new:1'])).toBeNull();
    } finally {
      await engines.end();
    }
  });

  it('and so has its model', () => {
    const scenario: Scenario = {
      servers: 2,
      sentinels: 0,
      lasts: 3000,
      steps: [
        ...[100, 200, 300].map((at) => ({ at, act: (stage: Stage) => stage.write(0) })),
        { at: 1000, act: (stage) => stage.kill(1) },
      ],
    };
    let before: Place | undefined;
    const { world } = playModel(
      1,
      scenario,
      { rewriteMs: 5000 },
      ({ servers: [master, replica], pods, events }, begins) => {
        const volume = pods[1]?.volume;
        events.at(begins + 1500, () => {
          before = volume?.aof?.written;
          if (volume) replica?.start(volume, { master, priority: 100 });
        });
        events.at(begins + 2500, () => {
          expect(replica?.count).toBe(master?.count);
          replica?.end();
        });
      },
    );
    const after = world.pods[1]?.volume.aof?.written;
    expect(before && depthOf(before)).toBe(3);
    expect(after && depthOf(after)).toBe(3);
  });
});
