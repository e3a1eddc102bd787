import { describe, expect, it } from 'vitest';
import { expectWithin, playModels, TOLERANCE_MS } from './support/compare.js';
import { playReal } from './support/real.js';
import { byAll, course, first, leader, type Scenario, TIMES } from './support/stage.js';

const mesh = { servers: 3, sentinels: 3 };

describe('a Sentinel and its model', () => {
  it('go through the same failover, in the same times, when the master is killed', async () => {
    const scenario: Scenario = { ...mesh, lasts: 5000, steps: [{ at: 500, act: (stage) => stage.kill(0) }] };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    const courses = new Set(models.map((events) => course(events, leader(events)).join(' ')));
    expect(courses).toContain(course(real.seen, leader(real.seen)).join(' '));
    expectWithin('the first +sdown', (events) => first(events, '+sdown'), real, models);
    expectWithin('the first +try-failover', (events) => first(events, '+try-failover'), real, models);
    expectWithin('+promoted-slave', (events) => first(events, '+promoted-slave'), real, models);
    expectWithin('the first +switch-master', (events) => first(events, '+switch-master'), real, models);
    expectWithin('the last +switch-master', (events) => byAll(events, '+switch-master'), real, models);
  });

  it('notice a master that hangs later than one that is dead, and both see it again when it goes on', async () => {
    const scenario: Scenario = {
      ...mesh,
      lasts: 4000,
      steps: [
        // Nobody can be elected, so the master stays.
        { at: 0, act: (stage) => stage.askVotes(2) },
        { at: 500, act: (stage) => stage.stop(0) },
        { at: 3000, act: (stage) => stage.goOn(0) },
      ],
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('the first +sdown', (events) => first(events, '+sdown'), real, models);
    expectWithin('the last +sdown', (events) => byAll(events, '+sdown'), real, models);
    expectWithin('the last -sdown', (events) => byAll(events, '-sdown'), real, models);
  });

  it('leave a failover alone for twice failover-timeout after a vote for someone who is no Sentinel', async () => {
    const scenario: Scenario = {
      ...mesh,
      lasts: 2 * TIMES.failoverTimeout + 5000,
      steps: [
        { at: 0, act: (stage) => stage.askVotes(2) },
        { at: 500, act: (stage) => stage.kill(0) },
      ],
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expect(byAll(real.seen, '+vote-for-leader')).toBeDefined();
    expectWithin('the first +try-failover', (events) => first(events, '+try-failover'), real, models);
    expect(first(real.seen, '+try-failover')).toBeGreaterThan(2 * TIMES.failoverTimeout - TOLERANCE_MS);
    expectWithin('the first +switch-master', (events) => first(events, '+switch-master'), real, models);
  });

  it('take a newer configuration over at once from a hello message', async () => {
    const scenario: Scenario = {
      ...mesh,
      lasts: 3000,
      steps: [
        { at: 400, act: (stage) => stage.follow(1) },
        { at: 500, act: (stage) => stage.announce(1, 5) },
      ],
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('the first +switch-master', (events) => first(events, '+switch-master'), real, models);
    expectWithin('the last +switch-master', (events) => byAll(events, '+switch-master'), real, models);
    expect(first(real.seen, '+try-failover')).toBeUndefined();
    expect(models.every((events) => first(events, '+try-failover') === undefined)).toBe(true);
  });

  it('consider a master down whose writes are paused for longer than down-after, as their own PUBLISH waits there', async () => {
    const scenario: Scenario = {
      ...mesh,
      lasts: 7000,
      steps: [
        { at: 0, act: (stage) => stage.askVotes(2) },
        { at: 100, act: (stage) => stage.pause(0, 5000) },
      ],
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('the first +sdown', (events) => first(events, '+sdown'), real, models);
    expectWithin('the last -sdown', (events) => byAll(events, '-sdown'), real, models);
  });

  it('go into TILT after a stop of more than two seconds, and out of it after tilt-period', async () => {
    const scenario: Scenario = {
      ...mesh,
      lasts: 3500 + TIMES.tiltPeriod,
      steps: [
        { at: 0, act: (stage) => stage.stopSentinel(1) },
        { at: 2500, act: (stage) => stage.goOnSentinel(1) },
      ],
    };
    const real = await playReal(scenario);
    const models = playModels(scenario);
    expectWithin('+tilt', (events) => first(events, '+tilt', 'sentinel-1'), real, models);
    expectWithin('-tilt', (events) => first(events, '-tilt', 'sentinel-1'), real, models);
  });
});
