import { CATALOGUE, type Fault, findFault } from './catalogue.js';
import type { FaultTarget } from './fault-target.js';

/** Something that is done to the topology, at a moment. In an address it is `ACT@MS`. */
export interface Act {
  /** ms */
  readonly at: number;
  /** A fault of the catalogue, with hyphens between its words; or one of `DEEDS` with its numbers: `kill-server:0`. */
  readonly act: string;
}

/** What a person can do to one pod, node or link; the numbers are those of pods, nodes or zones, from 0. */
const DEEDS: Readonly<
  Record<string, { readonly takes: number; readonly run: (target: FaultTarget, on: number[]) => void }>
> = {
  'kill-server': { takes: 1, run: (target, [pod = 0]) => target.kill('server', pod) },
  'kill-sentinel': { takes: 1, run: (target, [pod = 0]) => target.kill('sentinel', pod) },
  'kill-agent': { takes: 1, run: (target, [pod = 0]) => target.kill('agent', pod) },
  'hang-server': { takes: 1, run: (target, [pod = 0]) => target.hang('server', pod) },
  'hang-sentinel': { takes: 1, run: (target, [pod = 0]) => target.hang('sentinel', pod) },
  'hang-agent': { takes: 1, run: (target, [pod = 0]) => target.hang('agent', pod) },
  'go-on-server': { takes: 1, run: (target, [pod = 0]) => target.goOn('server', pod) },
  'go-on-sentinel': { takes: 1, run: (target, [pod = 0]) => target.goOn('sentinel', pod) },
  'go-on-agent': { takes: 1, run: (target, [pod = 0]) => target.goOn('agent', pod) },
  'delete-pod': { takes: 1, run: (target, [pod = 0]) => target.delete(pod) },
  'lose-volume': { takes: 1, run: (target, [pod = 0]) => target.crash(pod, true) },
  'slow-disk': { takes: 1, run: (target, [pod = 0]) => target.slowDisk(pod, 300) },
  'quick-disk': { takes: 1, run: (target, [pod = 0]) => target.slowDisk(pod, 0) },
  'fill-disk': { takes: 1, run: (target, [pod = 0]) => target.fillDisk(pod) },
  'free-disk': { takes: 1, run: (target, [pod = 0]) => target.freeDisk(pod) },
  cut: { takes: 2, run: (target, [one = 0, other = 0]) => target.cutLink(one, other) },
  heal: { takes: 2, run: (target, [one = 0, other = 0]) => target.healLink(one, other) },
  'isolate-node': { takes: 1, run: (target, [node = 0]) => target.isolateNode(node) },
  'join-node': { takes: 1, run: (target, [node = 0]) => target.joinNode(node) },
  'power-off': { takes: 1, run: (target, [node = 0]) => target.powerOff(node) },
  'power-on': { takes: 1, run: (target, [node = 0]) => target.powerOn(node) },
  'zone-off': { takes: 1, run: (target, [zone = 0]) => target.powerOff(...target.nodesOfZone(zone)) },
  'zone-on': { takes: 1, run: (target, [zone = 0]) => target.powerOn(...target.nodesOfZone(zone)) },
};

export function actOf(fault: Fault): string {
  return fault.name.replaceAll(' ', '-');
}

/** What an act does: the fault of that name, or the deed. @throws where nobody knows it */
export function readAct(act: string): Pick<Fault, 'prepare' | 'strike'> {
  const fault = findFault(act);
  if (fault) return fault;
  const [name = '', ...rest] = act.split(':');
  const deed = DEEDS[name];
  const on = rest.map(Number);
  if (!deed) {
    const known = [...CATALOGUE.map(actOf), ...Object.keys(DEEDS)].join(', ');
    throw new Error(`there is no fault '${act}'; there are ${known}`);
  }
  if (on.length !== deed.takes || on.some((number) => !Number.isInteger(number) || number < 0)) {
    throw new Error(
      `'${name}' needs ${deed.takes === 1 ? 'a number' : 'two numbers'} behind it, as in ${name}:0${deed.takes > 1 ? ':1' : ''}, got '${act}'`,
    );
  }
  return { strike: (target) => deed.run(target, on) };
}
