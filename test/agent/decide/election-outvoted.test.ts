import { describe, expect, it } from 'vitest';
import { MINE, NOBODY, outcomeOf, play } from './electing.js';
import { Scene } from './known.js';

describe('one that is outvoted', () => {
  it('by a Sentinel in a later epoch, looks again and asks in the epoch after that', () => {
    const its = play(new Scene());
    its.votes = (_, epoch) => (epoch < 10 ? { leader: 'id-q1', epoch: 9 } : MINE(epoch));
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 10 });
    expect(its.orders('ask-votes')).toMatchObject([{ epoch: 6 }, { epoch: 10 }]);
  });

  it('by a Sentinel that asks for votes itself, is elected in the next epoch', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (sentinel, epoch) => {
      scene.sentinelsSay({ failoverInProgress: true }, ['q1']);
      return epoch === 6 && sentinel === 'q1' ? { leader: 'id-q1', epoch } : epoch === 6 ? NOBODY : MINE(epoch);
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 7 });
    expect(its.at).toBeLessThan(200);
  });

  it('by a majority for a Sentinel that is at a failover, leaves it to that before it says that it is elected', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (_, epoch) => {
      scene.sentinelsSay({ failoverInProgress: true }, ['q1']);
      return { leader: 'id-q1', epoch };
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'a majority votes for q1', again: 200 });
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('by a majority for a Sentinel, hears first whether that is at a failover', () => {
    const scene = new Scene().forget();
    const its = play(scene);
    its.votes = (sentinel, epoch) => (sentinel === 'q1' ? undefined : { leader: 'id-q1', epoch });
    its.onOrder = ({ do: kind }) => {
      if (kind === 'ask-votes') scene.sentinelsSay('silent', ['q1']);
      return false;
    };
    scene.latency = 30;
    its.run(250);
    scene.sentinelsSay({ failoverInProgress: true }, ['q1']);
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'a majority votes for q1', again: 200 });
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('by a majority for a Sentinel that has given its failover up, asks in the next epoch', () => {
    const its = play(new Scene());
    its.votes = (_, epoch) => (epoch === 6 ? { leader: 'id-q1', epoch } : MINE(epoch));
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 7 });
  });

  it('in a tie with a Sentinel, does not wait for the vote of one that has been silent', () => {
    const scene = new Scene().sentinelsSay('silent', ['q0']).askAll().advance(1000);
    const its = play(scene);
    its.votes = (sentinel, epoch) => (epoch === 6 && sentinel === 'q2' ? { leader: 'id-q2', epoch } : MINE(epoch));
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 7 });
    expect(its.at).toBeLessThan(400);
  });

  it('by one that answers first, hears the others out, to know the newest epoch', () => {
    const scene = new Scene().sentinelsSay('silent', ['q0']).askAll().advance(1000);
    const its = play(scene);
    its.votes = (sentinel, epoch) => {
      if (epoch > 6) return MINE(epoch);
      return sentinel === 'q1' ? { leader: 'id-q2', epoch: 6 } : undefined;
    };
    its.until(() => its.orders('ask-votes').length > 0, 1000);
    its.run(100);
    scene.vote('q2', { order: 1, leader: 'id-q2', epoch: 6 });
    scene.hasNews = true;
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 7 });
  });

  it('so far, waits for the vote of one that may only be slow', () => {
    const its = play(new Scene());
    its.votes = (sentinel, epoch) =>
      sentinel === 'q0' ? undefined : sentinel === 'q1' ? { leader: 'id-q1', epoch } : MINE(epoch);
    its.run(900);
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('by another agent, waits until that has told all', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = (sentinel, epoch) => (sentinel === 'q0' ? MINE(epoch) : { leader: 'agent-1', epoch });
    its.run(900);
    expect(its.orders('ask-votes')).toHaveLength(1);
    scene.sentinelsSay({ master: 's1', epoch: 6 });
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'the Sentinels name s1' });
    expect(its.orders('ask-votes')).toHaveLength(1);
  });

  it('by another agent of which nothing more is heard, asks again after a second', () => {
    const its = play(new Scene());
    its.votes = (_, epoch) => (epoch === 6 ? { leader: 'agent-1', epoch } : MINE(epoch));
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 7 });
    expect(its.at).toBeGreaterThanOrEqual(1000);
  });

  it('tries again at another time than the agent with which it shares the votes', () => {
    const times = ['s0', 's1', 's2'].map((me) => {
      const its = play(new Scene({ me }));
      its.votes = (_, epoch) => ({ leader: epoch === 6 ? 'agent-9' : its.scene.plan.electorId, epoch });
      outcomeOf(its);
      return its.at;
    });
    expect(new Set(times).size).toBe(3);
  });

  it('by Sentinels that know of a later epoch than they say, tries the next ones', () => {
    const its = play(new Scene());
    its.votes = (_, epoch) => (epoch < 9 ? { leader: 'agent-1', epoch: 4 } : MINE(epoch));
    expect(outcomeOf(its)).toEqual({ outcome: 'elected', epoch: 9 });
  });

  it('gives up after five times', () => {
    const its = play(new Scene());
    its.votes = (_, epoch) => ({ leader: 'id-q1', epoch });
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'outvoted 5 times' });
    expect(its.orders('ask-votes').map((order) => order.do === 'ask-votes' && order.epoch)).toEqual([6, 7, 8, 9, 10]);
  });

  it('by Sentinels that name another by now, is told so', () => {
    const scene = new Scene();
    const its = play(scene);
    its.votes = () => {
      scene.sentinelsSay({ master: 's1', epoch: 6 });
      return NOBODY;
    };
    expect(outcomeOf(its)).toEqual({ outcome: 'lost', why: 'the Sentinels name s1' });
  });
});
