import { line } from '../simulation/timeline.js';
import type { Note } from '../simulation/world.js';
import { Topology } from '../topology/topology.js';
import { parseTopology } from '../topology-file/load.js';
import type { Act } from './acts.js';
import type { Address } from './address.js';
import { findFault } from './catalogue.js';
import { type Measured, measuredOf } from './measured.js';
import { Play } from './play.js';
import { describeShape, type Shape, shapeOf } from './shape.js';

/** The name that a pasted topology gets where it gives itself none. */
const FILE = 'topology.yaml';
/** Before a person sees anything; so what is done later does not change what was before it, ms. */
const AWAKE_MS = 7000;

/**
 * One run of an address, at some moment of it. Backwards is forwards from the beginning: the same seed and acts come to the
 * same events, in a few milliseconds.
 */
export class Session {
  readonly notes: { readonly at: number; readonly note: Note }[] = [];
  readonly description: string;
  private readonly shape?: Shape;
  private current: Play;

  /** @throws TopologyFileError with what is wrong with the topology; Error where it does not fit on its nodes */
  constructor(public address: Address) {
    if (address.test === undefined) this.shape = shapeOfAddress(address);
    this.description = this.shape
      ? describeShape(this.shape)
      : `seed ${address.seed} of npm run simulate, ${address.test === 'drawn' ? 'as drawn' : address.test} faults`;
    this.current = this.begin();
    this.current.runTo(address.time);
  }

  /** What a cluster showed for the first fault, where that is one of the catalogue and the topology is as it was tried. */
  get measured(): { readonly fault: string; readonly measured: Measured } | undefined {
    const [first] = this.address.acts;
    const fault = first && findFault(first.act);
    const measured = this.shape && fault && measuredOf(this.shape, fault.name);
    return fault && measured ? { fault: fault.name, measured } : undefined;
  }

  get play(): Play {
    return this.current;
  }

  get now(): number {
    return this.current.now;
  }

  /** What the same run looks like to whoever prints it. */
  get lines(): string[] {
    return this.notes.map(({ at, note }) => line(at, note));
  }

  private begin(): Play {
    this.notes.length = 0;
    const { seed, acts, rate, confirmed, test, profile, awake = AWAKE_MS } = this.address;
    const listener = (at: number, note: Note) => this.notes.push({ at, note });
    if (this.shape)
      return Play.of({ shape: this.shape, seed, load: { rate, confirmed }, acts, awakeAt: awake, listener });
    const severity = test === 'drawn' ? undefined : test;
    return Play.ofSchedule({ seed, acts, listener, profile, severity });
  }

  seek(time: number): void {
    if (time < this.now) this.current = this.begin();
    this.current.runTo(time);
  }

  /** Does that now. What was to be done later comes to nothing: this is another story. */
  act(act: string): void {
    const at = Math.round(this.now);
    const acts: Act[] = [...this.address.acts.filter((other) => other.at <= at), { at, act }];
    this.address = { ...this.address, acts };
    const { now } = this;
    this.current = this.begin();
    this.current.runTo(Math.max(at, now));
  }

  /** The next moment at which something is told; at most `limit` ms later. */
  stepForward(limit: number): void {
    const { length } = this.notes;
    const end = this.now + limit;
    while (this.notes.length === length && this.now < end) this.current.runTo(Math.floor(this.now) + 1);
  }

  /** The last moment before this at which something was told. */
  stepBack(): void {
    const { now } = this;
    const before = this.notes.findLast(({ at }) => Math.ceil(at) < now);
    this.seek(before ? Math.ceil(before.at) : 0);
  }
}

export function shapeOfAddress({ profile = 'strict', yaml, nodes, zones }: Address): Shape {
  const { props } = parseTopology(FILE, yaml ?? `name: ${profile}\nprofile: ${profile}\n`);
  const { settings } = Topology.resolve(props);
  // `parseTopology` has held the rules against it.
  if (!settings) throw new Error('the topology is unsound');
  return shapeOf(settings, { nodes, zones });
}
