import type { Network } from '../simulation/network.js';

/** What of the network is cut, by name: several cuts of the same link add up, and each is healed by itself. */
export class Cuts {
  private readonly healing = new Map<string, () => void>();

  constructor(
    private readonly network: Network,
    /** Something lasts until what is returned is called. */
    private readonly begins: () => () => void,
  ) {}

  has(key: string): boolean {
    return this.healing.has(key);
  }

  /** Those inside reach one another, and nobody else. */
  around(key: string, inside: readonly number[]): void {
    const pairs: [number, number][] = [];
    for (const one of inside) {
      for (let other = 0; other < this.network.hosts; other++) if (!inside.includes(other)) pairs.push([one, other]);
    }
    this.between(key, pairs);
  }

  between(key: string, pairs: readonly (readonly [number, number])[]): void {
    const { network } = this;
    if (this.has(key)) return;
    for (const [one, other] of pairs) {
      network.cut(one, other);
      network.cut(other, one);
    }
    const over = this.begins();
    this.healing.set(key, () => {
      for (const [one, other] of pairs) {
        network.heal(one, other);
        network.heal(other, one);
      }
      over();
    });
  }

  heal(key: string): void {
    const heal = this.healing.get(key);
    this.healing.delete(key);
    heal?.();
  }
}
