import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { SCHEMA_FILE, schemaLine } from '../topology-file/json-schema.js';
import { STDIN } from '../topology-file/read.js';
import { CHARTS } from './charts.js';
import { explain } from './explain.js';

export interface InitOptions {
  /** `-`: nothing is written. @default - topology.yaml, in charts/ where that is there */
  readonly file?: string;
  /** Write over a file that is there. */
  readonly force: boolean;
  /** Folder of this package, which has the schema. */
  readonly home: string;
}

/** What a topology begins with: those lines that stand, and those that are left as comments. */
const CHOICES: readonly { readonly key: string; readonly line: string; readonly stands?: true }[] = [
  { key: 'profile', line: 'profile: default', stands: true },
  { key: 'memory', line: 'memory: 1Gi', stands: true },
  { key: 'auth', line: 'auth: { generated: {} }', stands: true },
  { key: 'verification', line: 'verification: true', stands: true },
  { key: 'name', line: 'name: cache' },
  { key: 'namespace', line: 'namespace: caches' },
  { key: 'auth.secret', line: 'auth: { secret: { name: cache-auth } }' },
  { key: 'engine', line: 'engine: valkey' },
  { key: 'servers', line: 'servers: 5' },
  { key: 'sentinels', line: 'sentinels: { separate: { count: 3 } }' },
  { key: 'persistence', line: 'persistence: { appendOnly: { size: 16Gi } }' },
  { key: 'maxmemoryPolicy', line: 'maxmemoryPolicy: allkeys-lru' },
  { key: 'writeSafety', line: 'writeSafety: { minReplicasToWrite: 1 }' },
  { key: 'failover', line: 'failover: { downAfter: 3s }' },
  { key: 'resources', line: 'resources: { redis: { cpu: 500m } }' },
  { key: 'spread', line: 'spread: required' },
  { key: 'network', line: 'network: { clients: { namespaces: [shop] } }' },
];

/** @throws Error where the file is there already */
export function initialise({ file = standardFile(), force, home }: InitOptions): { path?: string; text: string } {
  if (file === STDIN) return { text: topologyText(STDIN, home) };
  if (!/\.ya?ml$/.test(file)) {
    throw new Error(`${file}: a topology file ends in .yaml, so that editors know it; name it ${file}.yaml`);
  }
  const text = topologyText(file, home);
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${file} is there already; name another file, or give --force to write over it`);
  }
  return { path: file, text };
}

function standardFile(): string {
  return existsSync(CHARTS) ? join(CHARTS, 'topology.yaml') : 'topology.yaml';
}

/** @param file that the schema's place is told from */
export function topologyText(file: string, home: string): string {
  const block = (choice: (typeof CHOICES)[number]) => {
    const { meaning, default: standard } = explain(choice.key);
    const about = `${choice.key}: ${meaning} (default: ${standard})`;
    return [...wrapped(about), choice.stands ? choice.line : `#${choice.line}`, ''];
  };
  return [
    schemaLine(schemaPath(file, home)),
    '# A topology of Redis or Valkey with Sentinel. Every line can be left out. For all words:',
    '#   cdk8s-redis-sentinel explain',
    '',
    ...CHOICES.flatMap(block),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** From the file's folder; where the package is not below the working folder, the place where npm would put it. */
function schemaPath(file: string, home: string): string {
  const here = resolve('.');
  const inside = !relative(here, home).startsWith('..');
  const schema = join(inside ? home : join(here, 'node_modules/cdk8s-redis-sentinel'), SCHEMA_FILE);
  const path = relative(dirname(resolve(file)), schema);
  return path.startsWith('.') ? path : `./${path}`;
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > 120) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
