import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Address } from '../simulator/address.js';
import { CATALOGUE, FAULT_NAMES, type Fault, findFault } from '../simulator/catalogue.js';
import type { Job } from '../simulator/job.js';
import type { Progress } from '../simulator/pool.js';
import type { Room, Shape } from '../simulator/shape.js';
import type { NamedProps } from '../topology/props.js';
import { Topology } from '../topology/topology.js';
import { loadTopologies, parseTopology } from '../topology-file/load.js';
import { readTopologyText } from '../topology-file/read.js';
import { nearest } from '../words/nearest.js';
import { type Call, UsageError } from './command.js';
import { print, printJson } from './print.js';
import { onTerminal, progressLine } from './terminal.js';

/** Those that are asked about most. */
const USUAL = [
  'master killed',
  'master hangs',
  'pod of the master deleted',
  'node of the master crashes',
  'node of the master isolated',
  'zone of the master lost',
  'all pods deleted at once',
];
const USUAL_SEEDS = { first: 1, last: 100 };
const USUAL_RATE = 200;
const MOST_RATE = 2000;
const PROFILES = ['strict', 'default', 'cache'];

/** What the command line asks of `simulate`. */
export async function runSimulation(call: Call): Promise<void> {
  if (call.has('--list')) {
    listFaults(call.json);
    return;
  }
  // A program of its own, read only now.
  const simulator = await import('../simulator/simulate.js');
  const { rowsAsData, shapeOf, simulate, tableText, timelineText } = simulator;
  const job = readJob(call, shapeOf);
  if (call.has('--open')) {
    const [fault] = job.faults;
    const seed = call.has('--explain') ? wholeNumber('--explain', call.value('--explain') ?? '') : job.seeds.first;
    await showPage(simulator.addressOfRun(pageOf(call, job), fault as string, seed), call.json);
    return;
  }
  const explained = call.value('--explain');
  if (explained !== undefined) {
    const seed = wholeNumber('--explain', explained);
    const [shape, ...others] = job.shapes;
    const [fault, ...more] = job.faults;
    if (!shape || !fault || others.length + more.length > 0) {
      throw new UsageError('--explain tells one run: name one topology and one --fault, as in --fault master-killed');
    }
    const text = timelineText({ shape, fault, load: job.load }, seed);
    if (call.json) printJson({ seed, fault, lines: text.split('\n') });
    else print(text);
    return;
  }
  const bar = progressLine();
  const rows = await simulate(job, ({ done, of }: Progress) => bar.show(`${done} of ${of} runs`));
  bar.clear();
  if (call.json) printJson(rowsAsData(job, rows));
  else print(tableText(job, rows));
}

/** What the page is told of the first topology. */
function pageOf(call: Call, { shapes: [shape], load }: Job): Partial<Address> {
  const [name = ''] = call.operands;
  return {
    profile: shape?.profile,
    ...(PROFILES.includes(name) ? {} : { yaml: readTopologyText(name) }),
    rate: load.rate,
    confirmed: load.confirmed,
    nodes: atLeastOne(call, '--nodes'),
    zones: atLeastOne(call, '--zones'),
  };
}

/** Prints where the page is; on a terminal, has it opened. */
async function showPage(hash: string, json: boolean): Promise<void> {
  const { PROJECT } = await import('./project.js');
  const url = `${pathToFileURL(join(PROJECT.home, 'docs/simulator/index.html')).href}#${hash}`;
  if (json) {
    printJson({ url });
    return;
  }
  print(url);
  const opener = { darwin: 'open', linux: 'xdg-open' }[process.platform as string];
  if (!opener || !onTerminal()) return;
  const child = spawn(opener, [url], { detached: true, stdio: 'ignore' });
  // Nobody there who could: the address is printed.
  child.on('error', () => {});
  child.unref();
}

function readJob(call: Call, shapeOf: (settings: SettingsOf, room: Room) => Shape): Job {
  const names = [...call.operands, ...list(call.value('--compare'))];
  if (call.operands.length === 0)
    throw new UsageError('simulate needs a topology: a file, or strict, default or cache');
  const room = { nodes: atLeastOne(call, '--nodes'), zones: atLeastOne(call, '--zones') };
  const shapes = names.map((name) => shapeOf(settingsOf(name), room));
  const given = call.values('--fault').flatMap((value) => list(value));
  const faults = given.length > 0 ? given.flatMap(faultsNamed) : USUAL.map((name) => faultNamed(name));
  const without = shapes.find(({ fsync }) => fsync === 'none');
  const pointless = without ? faults.filter(({ persistent }) => persistent) : [];
  if (pointless[0] && !given.includes('all')) {
    throw new UsageError(
      `--fault '${pointless[0].name}' needs an append-only file, and ${without?.name} has none: choose another fault, or another topology`,
    );
  }
  return {
    shapes,
    faults: [...new Set(faults.filter((fault) => !pointless.includes(fault)).map(({ name }) => name))],
    seeds: readSeeds(call.value('--seeds')),
    load: { rate: readRate(call.value('--load')), confirmed: call.has('--write-confirmed') },
  };
}

type SettingsOf = NonNullable<ReturnType<typeof Topology.resolve>['settings']>;

function settingsOf(name: string): SettingsOf {
  const { settings, violations = [] } = Topology.resolve(propsOf(name));
  // A file that was loaded has been checked.
  if (!settings) throw new Error(violations.map(({ message }) => message).join('\n'));
  return settings;
}

function propsOf(name: string): NamedProps {
  if (PROFILES.includes(name)) return parseTopology(`${name}.yaml`, `profile: ${name}\n`).props;
  if (!/[./]/.test(name)) {
    const meant = nearest(name, PROFILES);
    throw new UsageError(
      `there is no profile '${name}'${meant ? `, did you mean '${meant}'?` : ''}; give a file, or ${PROFILES.join(', ')}`,
    );
  }
  return (loadTopologies([name])[0] as { props: NamedProps }).props;
}

function faultsNamed(name: string): readonly Fault[] {
  return name === 'all' ? CATALOGUE : [faultNamed(name)];
}

function faultNamed(name: string): Fault {
  const fault = findFault(name);
  if (fault) return fault;
  const meant = nearest(name, FAULT_NAMES);
  throw new UsageError(
    `there is no fault '${name}'${meant ? `, did you mean '${meant}'?` : ''}; there are ${CATALOGUE.map((its) => its.name).join(', ')}`,
  );
}

function listFaults(json: boolean): void {
  const faults = CATALOGUE.map(({ name, also = [], does }) => ({ name, also, does }));
  if (json) {
    printJson({ faults });
    return;
  }
  const width = Math.max(...faults.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 2);
  print(
    faults
      .flatMap(({ name, also, does }) => [
        `${name.padEnd(width)}  ${does}`,
        ...(also.length > 0 ? [`${indent}also called ${also.join(', ')}`] : []),
      ])
      .join('\n'),
  );
}

function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readSeeds(value: string | undefined): Job['seeds'] {
  if (value === undefined) return USUAL_SEEDS;
  const [, first, last = first] = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(value) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (first !== undefined && range.last >= range.first) return range;
  throw new UsageError(`--seeds must be A..B, two whole numbers of which the second is not less, got '${value}'`);
}

function readRate(value: string | undefined): number {
  if (value === undefined) return USUAL_RATE;
  const rate = Number(/^(\d+)(?:\/s)?$/.exec(value)?.[1]);
  if (rate >= 1 && rate <= MOST_RATE) return rate;
  throw new UsageError(`--load must be writes a second, from 1/s to ${MOST_RATE}/s, got '${value}'`);
}

function atLeastOne(call: Call, name: '--nodes' | '--zones'): number | undefined {
  const value = call.value(name);
  return value === undefined ? undefined : wholeNumber(name, value);
}

function wholeNumber(name: string, value: string): number {
  if (/^\d{1,9}$/.test(value) && Number(value) >= 1) return Number(value);
  throw new UsageError(`${name} must be a whole number of at least 1, got '${value}'`);
}
