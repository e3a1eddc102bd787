/**
 * What was ever written, as a tree: a server that is promoted, or that starts from its file, begins a branch of its own at
 * the place where it then is. So "does this server have that write" and "which writes has one that the other lacks" are
 * exact, and a full copy is the taking over of a place.
 */
export class Branch {
  /** Replication offset after each entry. */
  readonly ends: number[] = [];
  /** The write of each entry; MARK for a mark. */
  readonly writes: number[] = [];
  /** Bytes of the append-only file after each entry, counted from the root. */
  readonly bytes: number[] = [];
  readonly marks: Mark[] = [];
  /** Entries between the root and this branch. */
  readonly depth: number;
  private readonly bytesBefore: number;

  constructor(
    /** Its replication id. */
    readonly id: number,
    readonly parent?: Branch,
    /** How many entries of the parent come before this branch. */
    readonly from = 0,
  ) {
    this.depth = parent === undefined ? 0 : parent.depth + from;
    this.bytesBefore = parent === undefined ? 0 : parent.bytesAt(from);
  }

  append(write: number, end: number, bytes: number): number {
    const index = this.ends.length;
    this.ends.push(end);
    this.writes.push(write);
    this.bytes.push(this.bytesAt(index) + bytes);
    return index;
  }

  appendMark(epoch: number, offset: number, end: number, bytes: number): void {
    const index = this.append(MARK, end, bytes);
    this.marks.push({ index, epoch, offset });
  }

  bytesAt(count: number): number {
    return count === 0 ? this.bytesBefore : (this.bytes[count - 1] as number);
  }
}

export const MARK = 0;

/** A reign (configuration epoch), and the replication offset that its master had come to. */
interface Mark {
  readonly index: number;
  readonly epoch: number;
  readonly offset: number;
}

/** The first `count` entries of a branch, and all that comes before it. */
export interface Place {
  readonly branch: Branch;
  readonly count: number;
}

export function depthOf({ branch, count }: Place): number {
  return branch.depth + count;
}

/** Is the entry `index` of `branch` among what comes before `place`? */
export function holds(place: Place, branch: Branch, index: number): boolean {
  let { branch: own, count } = place;
  for (;;) {
    if (own === branch) return index < count;
    if (own.parent === undefined || own.depth < branch.depth) return false;
    count = own.from;
    own = own.parent;
  }
}

/** How far a server had come, as its file tells: nothing where the last mark is not after the first `hidden` entries. */
export function lastMark(place: Place, hidden: number): { epoch: number; offset: number; bytes: number } | undefined {
  const end = place.branch.bytesAt(place.count);
  let { branch, count } = place;
  for (;;) {
    for (let at = branch.marks.length - 1; at >= 0; at--) {
      const mark = branch.marks[at] as Mark;
      if (mark.index >= count) continue;
      if (branch.depth + mark.index < hidden) return undefined;
      return { epoch: mark.epoch, offset: mark.offset, bytes: end - branch.bytesAt(mark.index + 1) };
    }
    if (branch.parent === undefined) return undefined;
    count = branch.from;
    branch = branch.parent;
  }
}

/** All writes before a place, oldest first. */
export function writesOf(place: Place): number[] {
  const result: number[] = [];
  let { branch, count } = place;
  for (;;) {
    for (let at = count - 1; at >= 0; at--) {
      const write = branch.writes[at] as number;
      if (write !== MARK) result.push(write);
    }
    if (branch.parent === undefined) return result.reverse();
    count = branch.from;
    branch = branch.parent;
  }
}
