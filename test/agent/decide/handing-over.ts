import { decideHandOver } from '../../../src/agent/program/decide/hand-over.js';
import type { HandOverMemory } from '../../../src/agent/program/decide/memory.js';
import type { Order } from '../../../src/agent/program/decide/orders.js';
import { counter, type Scene } from './known.js';
import { Play } from './play.js';

export function play(scene: Scene): Play<HandOverMemory> {
  const next = counter();
  scene.advance(10).handOverAsked = scene.now;
  return new Play<HandOverMemory>(scene, {}, (known, memory) => {
    const step = decideHandOver(known, memory, next);
    return { ...step, needs: { own: 1000, sentinels: 1000, ...step.needs } };
  });
}

export function isReleased(its: { orders(kind: 'release-hook'): readonly Order[] }): boolean {
  return its.orders('release-hook').length > 0;
}

/** Until the hook may return. */
export function untilOver(its: Play<HandOverMemory>, ms = 60_000): Play<HandOverMemory> {
  return its.until(() => isReleased(its), ms);
}

export function promotions(its: { orders(kind: 'follow'): readonly Order[] }): string[] {
  return its.orders('follow').flatMap((order) => (order.do === 'follow' && !order.master ? [order.server] : []));
}
