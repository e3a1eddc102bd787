import { describe, expect, it } from 'vitest';
import { expectWithin, type Measure, playModels } from './support/compare.js';
import { playModel } from './support/model.js';
import { playReal } from './support/real.js';
import type { Scenario, Seen, Stage } from './support/stage.js';

const alone = { sentinels: 0 };

/** One write every 100 ms. */
function writes(from: number, to: number, server = 0): Scenario['steps'] {
  const steps: { at: number; act: (stage: Stage) => void }[] = [];
  for (let at = from; at < to; at += 100) steps.push({ at, act: (stage) => stage.write(server) });
  return steps;
}

function inOrder(...steps: Scenario['steps'][]): Scenario['steps'] {
  return steps.flat().sort((one, other) => one.at - other.at);
}

const firstOf =
  (what: string, after = 0): Measure =>
  (seen: readonly Seen[]) =>
    seen.find((event) => event.what === what && event.at >= after)?.at;

/** `sync_full` and `sync_partial_ok` of a server. */
async function syncs(scenario: Scenario, server: number): Promise<{ real: number[]; model: number[] }> {
  const real: number[] = [];
  await playReal(scenario, async (engines) => {
    const info = await engines.info(server);
    real.push(Number(info.get('sync_full')), Number(info.get('sync_partial_ok')));
  });
  const feed = playModel(1, scenario).world.servers[server]?.feed;
  return { real, model: [feed?.copies ?? -1, feed?.continued ?? -1] };
}

describe('a replicated server and its model', () => {
  it('stop confirming at once and refuse writes after max-lag when the only replica hangs, and go on when it does', async () => {
    const scenario: Scenario = {
      ...alone,
      servers: 2,
      lasts: 9000,
      steps: inOrder(writes(0, 8500), [
        { at: 1000, act: (stage) => stage.stop(1) },
        { at: 6000, act: (stage) => stage.goOn(1) },
      ]),
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('the first write that nobody confirms', firstOf('OK 0'), real, models);
    expectWithin('the first write that is refused', firstOf('NOREPLICAS'), real, models);
    expectWithin('the first write that is confirmed again', firstOf('OK 1', 5000), real, models);
  });

  it('hold writes back for as long as they are paused, and carry them out then', async () => {
    const scenario: Scenario = {
      ...alone,
      servers: 2,
      lasts: 4000,
      steps: inOrder(writes(1000, 1200), [{ at: 800, act: (stage) => stage.pause(0, 2000) }]),
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('the first answer', firstOf('OK 1'), real, models);
  });

  it('let the other replicas go on where they were when one of them is promoted', async () => {
    const scenario: Scenario = {
      ...alone,
      servers: 3,
      lasts: 3500,
      steps: inOrder(writes(0, 500), [
        { at: 1500, act: (stage) => stage.follow(1) },
        { at: 1700, act: (stage) => stage.follow(2, 1) },
      ]),
    };
    const { real, model } = await syncs(scenario, 1);
    expect(real).toEqual([0, 1]);
    expect(model).toEqual(real);
  });

  it('let an old master go on that has written nothing since', async () => {
    const scenario: Scenario = {
      ...alone,
      servers: 2,
      lasts: 3500,
      steps: inOrder(writes(0, 500), [
        { at: 1500, act: (stage) => stage.follow(1) },
        { at: 1700, act: (stage) => stage.follow(0, 1) },
      ]),
    };
    const { real, model } = await syncs(scenario, 1);
    expect(real).toEqual([0, 1]);
    expect(model).toEqual(real);
  });

  it('copy everything to an old master that has written more than its successor', async () => {
    const scenario: Scenario = {
      ...alone,
      servers: 3,
      lasts: 4500,
      steps: inOrder(writes(0, 500), writes(1600, 1900), [
        { at: 1500, act: (stage) => stage.follow(1) },
        { at: 2200, act: (stage) => stage.follow(0, 1) },
      ]),
    };
    const { real, model } = await syncs(scenario, 1);
    expect(real).toEqual([1, 0]);
    expect(model).toEqual(real);
  });
});
