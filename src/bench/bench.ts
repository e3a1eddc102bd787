import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Holds the command to its limits, on this machine as it is now. What is compared is measured in turns, so that a
// neighbour's load falls on both; medians, so that one hiccup decides nothing.

/** `--help`, against node that starts and does nothing. */
const HELP_LIMIT = 2;
/** `synth` of all charts, against node that starts and does nothing. */
const START_LIMIT = 2.5;
/** 1000 topologies against 100: linear, and 20 % for the larger heap. */
const GROWTH_LIMIT = 12;
/** How many times a limit is let pass, where the processors are others' too. */
const SLACK = slackOf(process.env.BENCH_SLACK);

const MAIN = join(__dirname, 'main.js');
const HOME = join(__dirname, '..');

/** One of each kind of thing that takes work. */
const TOPOLOGY = `memory: 2Gi
profile: default
engine: { redis: "8.2.2" }
sentinels: { separate: { count: 3 } }
failover: { downAfter: 3s }
verification: true
`;

const folder = mkdtempSync(join(tmpdir(), 'redis-sentinel-bench-'));
try {
  const sound = [measureHelp(), measureStart(), measureGrowth()];
  process.exitCode = sound.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function measureHelp(): boolean {
  const [nothing, help] = measure(
    31,
    () => node(['-e', '0']),
    () => node([MAIN, '--help']),
  );
  console.log(`node -e 0             ${ms(nothing)}`);
  console.log(`--help                ${ms(help)}`);
  return judge('ratio', help / nothing, HELP_LIMIT);
}

function measureStart(): boolean {
  const output = join(folder, 'charts');
  const [nothing, synth] = measure(
    31,
    () => node(['-e', '0']),
    () => node([MAIN, 'synth', '-o', output]),
  );
  console.log(`node -e 0             ${ms(nothing)}`);
  console.log(`synth of charts/      ${ms(synth)}`);
  return judge('ratio', synth / nothing, START_LIMIT);
}

function measureGrowth(): boolean {
  const [hundred, thousand] = measure(
    5,
    () => synthOf(100),
    () => synthOf(1000),
  );
  console.log(`100 topologies        ${ms(hundred)}`);
  console.log(`1000 topologies       ${ms(thousand)}`);
  return judge('ratio', thousand / hundred, GROWTH_LIMIT);
}

function synthOf(count: number): number {
  const input = join(folder, `input-${count}`);
  const output = join(folder, `output-${count}`);
  mkdirSync(input, { recursive: true });
  const files = Array.from({ length: count }, (_, i) => {
    const file = join(input, `topology-${i}.yaml`);
    writeFileSync(file, TOPOLOGY);
    return file;
  });
  const taken = node([MAIN, 'synth', ...files, '-o', output]);
  rmSync(output, { recursive: true });
  return taken;
}

/** @returns milliseconds from the start to the end of the process */
function node(words: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: HOME, encoding: 'utf8' });
  const taken = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`node ${words.slice(0, 4).join(' ')} failed: ${stderr}`);
  return taken;
}

/** Median of each; the first round warms the file cache and does not count. */
function measure(rounds: number, first: () => number, second: () => number): [number, number] {
  const times: [number, number][] = [];
  for (let round = 0; round <= rounds; round++) times.push([first(), second()]);
  const counted = times.slice(1);
  return [median(counted.map(([time]) => time)), median(counted.map(([, time]) => time))];
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function judge(what: string, ratio: number, limit: number): boolean {
  const verdict = ratio <= limit ? 'met' : ratio <= limit * SLACK ? 'ABOVE' : 'MISSED';
  console.log(`${what.padEnd(21)} ${ratio.toFixed(2).padStart(8)}     limit ${limit}: ${verdict}\n`);
  return verdict !== 'MISSED';
}

function slackOf(given = '1'): number {
  const slack = Number(given);
  if (!(slack >= 1)) throw new Error(`BENCH_SLACK must be a number of at least 1, got '${given}'`);
  return slack;
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(8)} ms`;
}
