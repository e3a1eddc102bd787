/** Something that happens at a time; `cancel` keeps it from happening. */
export class Timer {
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

/**
 * Virtual time: what is to happen, by time and, at the same time, in the order in which it was asked for. A binary heap,
 * since a simulation consists of little else.
 */
export class Events {
  /** ms since the beginning. */
  now = 0;
  /** How many have happened. */
  count = 0;
  private readonly heap: Timer[] = [];
  private asked = 0;

  /** In `delay` ms; never before what is asked for now at the same time. */
  after(delay: number, run: () => void): Timer {
    return this.at(this.now + (delay > 0 ? delay : 0), run);
  }

  at(time: number, run: () => void): Timer {
    const timer = new Timer(time > this.now ? time : this.now, this.asked++, run);
    this.rise(timer);
    return timer;
  }

  /** Lets everything happen up to `end`. */
  runUntil(end: number): void {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || next.at > end) break;
      this.removeFirst();
      this.now = next.at;
      this.count++;
      next.run();
    }
    this.now = end;
  }

  private rise(timer: Timer): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(timer);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Timer;
      if (parent.at < timer.at || (parent.at === timer.at && parent.order < timer.order)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = timer;
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop() as Timer;
    const { length } = heap;
    if (length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= length) break;
      let smaller = heap[child] as Timer;
      const right = heap[child + 1];
      if (right !== undefined && (right.at < smaller.at || (right.at === smaller.at && right.order < smaller.order))) {
        smaller = right;
        child++;
      }
      if (last.at < smaller.at || (last.at === smaller.at && last.order < smaller.order)) break;
      heap[place] = smaller;
      place = child;
    }
    heap[place] = last;
  }
}
