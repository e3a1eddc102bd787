/** Something that happens at a time; `cancel` keeps it from happening. */
export class Timer {
  /** The one behind it in the same slot. */
  behind?: Timer = undefined;

  constructor(
    readonly at: number,
    readonly order: number,
    public run: () => void,
  ) {}

  cancel(): void {
    this.run = nothing;
  }
}

function nothing(): void {}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** ms; at a few thousand events a second some of them fall into one slot. */
const SLOT_MS = 4;
/** As many as make up 2 s: most limits on an answer are shorter. A power of two. */
const SLOTS = 512;

/**
 * Virtual time: what is to happen, by time and, at the same time, in the order in which it was asked for.
 *
 * A simulation consists of little else, and most of what is asked for is a limit on something that is over long before it. So
 * only what is due in the present slot of a few milliseconds is kept in order; the rest waits unordered in the slot of its
 * time, and what is due later than that in a heap of its own.
 */
export class Events {
  /** ms since the beginning. */
  now = 0;
  /** How many have happened. */
  count = 0;
  private asked = 0;
  private readonly due = new Heap();
  private readonly far = new Heap();
  private readonly slots: (Timer | undefined)[] = new Array(SLOTS).fill(undefined);
  /** All up to the end of that slot are in `due`. */
  private slot = 0;

  /** In `delay` ms; never before what is asked for now at the same time. */
  after(delay: number, run: () => void): Timer {
    return this.at(this.now + (delay > 0 ? delay : 0), run);
  }

  at(time: number, run: () => void): Timer {
    const timer = new Timer(time > this.now ? time : this.now, this.asked++, run);
    const slot = slotOf(timer);
    if (slot <= this.slot) this.due.add(timer);
    else if (slot < this.slot + SLOTS) {
      const place = slot % SLOTS;
      timer.behind = this.slots[place];
      this.slots[place] = timer;
    } else this.far.add(timer);
    return timer;
  }

  /** Lets everything happen up to `end`. */
  runUntil(end: number): void {
    const { due } = this;
    for (;;) {
      const next = due.first;
      if (next === undefined) {
        if ((this.slot + 1) * SLOT_MS > end) break;
        this.turnTo(this.slot + 1);
        continue;
      }
      if (next.at > end) break;
      due.removeFirst();
      this.now = next.at;
      this.count++;
      next.run();
    }
    this.now = end;
  }

  private turnTo(slot: number): void {
    this.slot = slot;
    const place = slot % SLOTS;
    let timer = this.slots[place];
    this.slots[place] = undefined;
    while (timer !== undefined) {
      const { behind } = timer;
      timer.behind = undefined;
      this.due.add(timer);
      timer = behind;
    }
    for (let next = this.far.first; next !== undefined && slotOf(next) <= slot; next = this.far.first) {
      this.far.removeFirst();
      this.due.add(next);
    }
  }
}

function slotOf({ at }: Timer): number {
  return Math.floor(at / SLOT_MS);
}

/** A binary heap. */
class Heap {
  private readonly timers: Timer[] = [];

  get first(): Timer | undefined {
    return this.timers[0];
  }

  add(timer: Timer): void {
    const { timers } = this;
    let place = timers.length;
    timers.push(timer);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = timers[above] as Timer;
      if (isBefore(parent, timer)) break;
      timers[place] = parent;
      place = above;
    }
    timers[place] = timer;
  }

  removeFirst(): void {
    const { timers } = this;
    const last = timers.pop() as Timer;
    const { length } = timers;
    if (length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      let smaller = timers[child] as Timer;
      const right = timers[child + 1];
      if (right !== undefined && isBefore(right, smaller)) {
        smaller = right;
        child++;
      }
      if (isBefore(last, smaller)) break;
      timers[place] = smaller;
      place = child;
    }
    timers[place] = last;
  }
}
