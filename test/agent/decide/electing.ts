import { type ElectionStep, newElection, stepElection } from '../../../src/agent/program/decide/election.js';
import type { Election } from '../../../src/agent/program/decide/memory.js';
import { counter, type Scene } from './known.js';
import { Play } from './play.js';

export interface Electing {
  readonly election: Election;
  readonly outcome?: Exclude<ElectionStep, { outcome: 'going' }>;
}

export function play(scene: Scene): Play<Electing> {
  const next = counter();
  const memory: Electing = { election: newElection(scene.known(), 's0') };
  return new Play(scene, memory, (known, before) => {
    if (before.outcome) return { memory: before, orders: [], needs: {}, why: '' };
    const step = stepElection(known, before.election, next);
    if (step.outcome !== 'going') return { memory: { ...before, outcome: step }, orders: [], needs: {}, why: '' };
    return { ...step, memory: { election: step.election }, again: 20 };
  });
}

export function outcomeOf(its: Play<Electing>, ms = 30_000): Electing['outcome'] {
  return its.until(() => its.memory.outcome !== undefined, ms).memory.outcome;
}

export const MINE = (epoch: number) => ({ leader: 'agent-0', epoch });
export const NOBODY = { leader: '*', epoch: 0 };
