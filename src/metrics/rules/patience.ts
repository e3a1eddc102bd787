import type { Watched } from '../watched.js';

/** Scrapes that a state must outlast, so that one that failed, or came at a bad moment, is not taken for it. */
const SCRAPES = 3;
/** A rate over fewer is chance. */
const SCRAPES_OF_RATE = 4;

/** For how long something must be true before somebody is told, seconds. */
export class Patience {
  constructor(private readonly watched: Watched) {}

  /**
   * 2 min, and longer where the Sentinels wait long or the metrics are read seldom. A failover takes `downAfter` and a second
   * or two, a hand-over less than a second; but what is seen of them is up to two scrapes old, of each pod by itself.
   */
  get ofMaster(): number {
    const { downAfter, interval } = this.watched;
    return roundUp(Math.max(120, SCRAPES * interval + 2 * downAfter));
  }

  /** 5 min: a pod is stopped, made anew and started in less than two where its image is there, in a roll one after another. */
  get ofPod(): number {
    return this.atLeast(300);
  }

  /** 15 min: a whole roll of five pods, or the move of a node's pods to another, during which a pod is always away. */
  get ofTopology(): number {
    return this.atLeast(900);
  }

  /** @param seconds where the metrics are read often enough */
  atLeast(seconds: number): number {
    return Math.max(seconds, SCRAPES * this.watched.interval);
  }

  /** Of a rate, seconds. */
  get window(): number {
    return Math.max(300, SCRAPES_OF_RATE * this.watched.interval);
  }
}

function roundUp(seconds: number): number {
  return Math.ceil(seconds / 30) * 30;
}
