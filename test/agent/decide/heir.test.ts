import { describe, expect, it } from 'vitest';
import { bestHeir, type Heir } from '../../../src/agent/program/decide/heir.js';
import type { ServerInfo } from '../../../src/agent/program/decide/known.js';
import { type Mute, ORPHAN, Scene } from './known.js';

interface Case {
  readonly s1?: Partial<ServerInfo> | Mute;
  readonly s2?: Partial<ServerInfo> | Mute;
  readonly linked?: boolean;
  readonly slow?: readonly string[];
  /** How long ago they were asked, ms. */
  readonly ago?: number;
}

function heirOf({ s1 = {}, s2 = {}, linked = false, slow = [], ago = 10 }: Case): Heir {
  const scene = new Scene();
  for (const [address, what] of [
    ['s1', s1],
    ['s2', s2],
  ] as const) {
    scene.says(address, typeof what === 'string' ? what : { ...ORPHAN, ...what });
  }
  scene.says('s0', 'refused').forget();
  const since = scene.now;
  scene.askAll().advance(ago);
  return bestHeir(scene.known(), { among: ['s1', 's2'], since, linked, slow });
}

describe('of the replicas of a master that is gone, the heir', () => {
  it.each<[string, Case, string]>([
    ['has read most', { s1: { offset: 999 }, s2: { offset: 1000 } }, 's2'],
    ['is the first of those that have read the same', {}, 's1'],
    ['is the one that may be promoted', { s1: { priority: 0, offset: 2000 } }, 's2'],
    ['is the quicker of those that have read the same', { slow: ['s1'] }, 's2'],
    ['is the slow one that has read more', { s1: { offset: 1001 }, slow: ['s1'] }, 's1'],
    ['is the one that is there', { s1: 'refused' }, 's2'],
    ['is none that is master', { s1: { role: 'master', offset: 2000 } }, 's2'],
    ['may be linked yet to a master that is only silent', { s1: { linkUp: true, offset: 1001 }, linked: true }, 's1'],
  ])('%s', (_, props, address) => {
    expect(heirOf(props)).toMatchObject({ kind: 'found', address });
  });

  it.each<[string, Case, string]>([
    ['one still reads what the dead master sent', { s2: { linkUp: true } }, 's2 still reads from the old master'],
    ['one is silent, and may be the only one to have confirmed a write', { s1: 'silent' }, 'no answer from s1 yet'],
    ['one refuses the password', { s1: 'denied' }, 'no answer from s1 yet'],
    ['the certificate of one is not accepted', { s1: 'untrusted' }, 'no answer from s1 yet'],
    ['one is busy', { s1: 'busy' }, 'no answer from s1 yet'],
  ])('cannot be known yet while %s', (_, props, why) => {
    expect(heirOf(props)).toMatchObject({ kind: 'wait', why });
  });

  it.each<[string, Case]>([
    ['none may be promoted', { s1: { priority: 0 }, s2: { priority: 0 } }],
    ['none is there', { s1: 'refused', s2: 'refused' }],
  ])('is nobody where %s', (_, props) => {
    expect(heirOf(props)).toEqual({ kind: 'none' });
  });

  it.each([
    { flags: 'slave,s_down', kind: 'found' },
    { flags: 'slave,disconnected', kind: 'wait' },
  ])('is chosen without a silent one where the nearest Sentinel says of it: $flags', ({ flags, kind }) => {
    const scene = new Scene().says('s1', 'silent').says('s2', ORPHAN).flag('q0', 's1', flags).forget();
    const since = scene.now;
    scene.askAll().advance(10);
    const heir = bestHeir(scene.known(), { among: ['s1', 's2'], since, linked: false, slow: [] });
    expect(heir.kind).toBe(kind);
  });

  it('is not chosen by what the Sentinel said of a silent one before', () => {
    const scene = new Scene().says('s1', 'silent').says('s2', ORPHAN).flag('q0', 's1', 'slave,s_down').askAll();
    scene.flag('q0', 's1', 'slave').advance(10);
    const since = scene.now;
    scene.ask('info', 's2');
    scene.advance(10);
    expect(bestHeir(scene.known(), { among: ['s1', 's2'], since, linked: false, slow: [] }).kind).toBe('wait');
  });

  it('is not known from what was said before the master was gone', () => {
    const scene = new Scene().says('s1', ORPHAN).says('s2', ORPHAN).askAll();
    scene.advance(10);
    const heir = bestHeir(scene.known(), { among: ['s1', 's2'], since: scene.now, linked: false, slow: [] });
    expect(heir.kind).toBe('wait');
  });

  it('is not known from what was said more than 2 s ago', () => {
    expect(heirOf({ ago: 1900 })).toMatchObject({ kind: 'found' });
    expect(heirOf({ ago: 2100 })).toMatchObject({ kind: 'wait' });
  });

  it.each([
    { ago: 390, slow: [] },
    { ago: 410, slow: ['s1'] },
  ])('remembers who took longer than 0.4 s: after $ago ms $slow', ({ ago, slow }) => {
    expect(heirOf({ s1: 'silent', ago })).toMatchObject({ kind: 'wait', slow });
  });
});
