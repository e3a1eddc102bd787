import { describe, expect, it } from 'vitest';
import type { MasterView, ServerInfo } from '../../../src/agent/program/decide/known.js';
import { isAtEase, namesTheSame, saysTheSame } from '../../../src/agent/program/decide/news.js';
import { follower, master, replica } from './known.js';

const REPORTS = { ...follower, address: 's1' };
const MASTER: ServerInfo = { ...master(), replicas: [REPORTS] };
const REPLICA = replica();

describe('what a server says of itself is news', () => {
  it.each<[string, ServerInfo, Partial<ServerInfo>, boolean]>([
    ['nothing but more data', MASTER, { offset: 2000, changes: 8 }, false],
    ['a replica that confirmed a second ago', MASTER, { replicas: [{ ...REPORTS, offset: 9, lagMs: 1000 }] }, false],
    ['a replica that does not report', MASTER, { replicas: [{ ...REPORTS, lagMs: 2000 }] }, true],
    ['a replica that receives a copy', MASTER, { replicas: [{ ...REPORTS, online: false }] }, true],
    ['another replica', MASTER, { replicas: [{ ...REPORTS, address: 's2' }] }, true],
    ['one replica fewer', MASTER, { replicas: [] }, true],
    ['another role', MASTER, { ...REPLICA }, true],
    ['a load', MASTER, { loading: true }, true],
    ['a second without word of the master', REPLICA, { heardMs: 1000 }, false],
    ['two seconds without word of the master', REPLICA, { heardMs: 2000 }, true],
    ['a link that is down', REPLICA, { linkUp: false }, true],
    ['a full copy', REPLICA, { syncing: true }, true],
    ['a file that is being written anew', REPLICA, { rewriting: true }, true],
    ['another master', REPLICA, { master: 's2' }, true],
    ['another priority', REPLICA, { priority: 0 }, true],
  ])('%s', (_, before, change, isNews) => {
    expect(saysTheSame({ ...before, ...change }, before)).toBe(!isNews);
    if (isNews) expect(saysTheSame(before, { ...before, ...change })).toBe(false);
  });

  it('as long as its link to the master is down, though it says the same', () => {
    const down = { ...REPLICA, linkUp: false };
    expect(saysTheSame(down, down)).toBe(false);
  });

  it('the first time', () => {
    expect(saysTheSame(MASTER, undefined)).toBe(false);
  });
});

const VIEW: MasterView = {
  master: 's0',
  epoch: 5,
  subjectivelyDown: false,
  objectivelyDown: false,
  failoverInProgress: false,
  elected: false,
  met: true,
  heardMs: 100,
  hasLinkedReplica: true,
};

describe('what a Sentinel says is news', () => {
  it.each<[string, Partial<MasterView>]>([
    ['another master', { master: 's1' }],
    ['a newer epoch', { epoch: 6 }],
    ['considers it down', { subjectivelyDown: true }],
    ['so do the others', { objectivelyDown: true }],
    ['a failover', { failoverInProgress: true }],
    ['an election', { elected: true }],
    ['has not met it', { met: false }],
    ['no replica is linked', { hasLinkedReplica: false }],
  ])('%s', (_, change) => {
    expect(namesTheSame({ ...VIEW, ...change }, VIEW)).toBe(false);
  });

  it('unless it says the same', () => {
    expect(namesTheSame({ ...VIEW }, VIEW)).toBe(true);
    expect(namesTheSame(VIEW, undefined)).toBe(false);
  });
});

describe('nothing is going on', () => {
  it.each([
    [
      'all is looked at once a second, and confirmations four times',
      { own: 1000, nearest: 1000, confirmed: 250 },
      1000,
      true,
    ],
    ['something is looked at more often', { own: 1000, sentinels: 200 }, 1000, false],
    ['a decision waits for a time', { own: 1000 }, 50, false],
  ])('%s: %o', (_, needs, again, atEase) => {
    expect(isAtEase(needs, again)).toBe(atEase);
  });
});
