// The load program. It runs in a pod, as an application would.
//   load start [LOAD] ACCESS   begins to write in the background; returns when each writer has had its first acknowledgement
//   load stop [LOAD]           ends that and waits until every key is read back: the history is then complete
//   load write [LOAD] ACCESS   the same in the foreground, until SIGTERM, the file HISTORY.stop, or the time is over
//   load observe ACCESS        prints what every server and Sentinel says, as a line of JSON
//   load watch ACCESS          the same in answer to each line of its input
//   load clock                 prints this pod's time in ms
// LOAD:   --history FILE, --run WORD (what the keys begin with; default: the time), --writers 4, --rate 50 (operations a
//         second of each), --pause MS (between two operations of a writer, in place of a rate), --wait 1 (replicas asked
//         for by WAIT after each write; 0: none), --for 900 (seconds), --readers 0, --watched N (readers read the
//         registers of writers 0 to N; default: all writers where there are readers), --pinned HOST:PORT (cling to that
//         server), --pinned-name NAME (that its certificate must hold; default: HOST), --plain HOST:PORT (write through
//         the Service that leads to the master), --first 0 (number of the first writer and reader)
// ACCESS: --sentinels HOST:PORT,… --servers HOST:PORT,… [--password-file FILE] [--ca-file FILE] [--master-name mymaster]
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { filesOf, start, stop } from './background.js';
import { type Access, addressIn, now, parseAddresses, readPassword } from './client.js';
import { observe } from './observe.js';
import { run } from './run.js';

/** In ms: a load that finds no master in this time will find none. */
const START_PATIENCE = 30_000;
/** In ms: longer than reading back is patient. */
const STOP_PATIENCE = 120_000;

const args = process.argv.slice(2);
const { positionals, values: flags } = parseArgs({
  args,
  allowPositionals: true,
  options: {
    history: { type: 'string', default: '/history/history.jsonl' },
    writers: { type: 'string', default: '4' },
    rate: { type: 'string', default: '50' },
    pause: { type: 'string' },
    wait: { type: 'string', default: '1' },
    run: { type: 'string', default: Date.now().toString(36) },
    readers: { type: 'string', default: '0' },
    watched: { type: 'string' },
    pinned: { type: 'string' },
    'pinned-name': { type: 'string' },
    plain: { type: 'string' },
    first: { type: 'string', default: '0' },
    // A load that nobody stops any more must not run for ever.
    for: { type: 'string', default: '900' },
    // By default what `bind()` gives an application.
    sentinels: { type: 'string', default: process.env.REDIS_SENTINELS ?? '' },
    servers: { type: 'string', default: '' },
    'password-file': { type: 'string', default: process.env.REDIS_PASSWORD_FILE ?? '' },
    'ca-file': { type: 'string', default: process.env.REDIS_CA_FILE ?? '' },
    'master-name': { type: 'string', default: process.env.REDIS_MASTER_NAME ?? 'mymaster' },
  },
});
const files = filesOf(flags.history);
const name = positionals[0] ?? '';

const commands: Record<string, () => Promise<unknown>> = {
  start: () => start(files, args.slice(1), START_PATIENCE),
  stop: () => stop(files, STOP_PATIENCE),
  write,
  observe: look,
  watch: async () => {
    for await (const _ of createInterface(process.stdin)) await look();
  },
  clock: async () => console.log(now()),
};

const command = commands[name];
if (!command) {
  console.error(`load: the command must be one of ${Object.keys(commands).join(', ')}, got '${name}'`);
  process.exit(2);
}
// However it ends, whoever waits for the load is told.
if (name === 'write') {
  process.on('exit', (code) => {
    // It appears with its content: whoever waits reads it at once.
    writeFileSync(`${files.ended}.new`, String(code));
    renameSync(`${files.ended}.new`, files.ended);
  });
}
command().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error('load:', error);
    process.exit(1);
  },
);

async function look(): Promise<void> {
  console.log(JSON.stringify(await observe(access())));
}

function write(): Promise<void> {
  return run({
    access: access(),
    files,
    run: flags.run,
    writers: Number(flags.writers),
    rate: Number(flags.rate),
    pause: flags.pause === undefined ? undefined : Number(flags.pause),
    wait: Number(flags.wait),
    readers: Number(flags.readers),
    watched: Number(flags.watched ?? (flags.readers === '0' ? 0 : flags.writers)),
    first: Number(flags.first),
    pinned: flags.pinned ? { ...addressIn(flags.pinned), name: flags['pinned-name'] } : undefined,
    plain: flags.plain ? addressIn(flags.plain) : undefined,
    seconds: Number(flags.for),
  });
}

function access(): Access {
  return {
    sentinels: parseAddresses(flags.sentinels),
    servers: parseAddresses(flags.servers),
    masterName: flags['master-name'],
    password: () => (flags['password-file'] === '' ? undefined : readPassword(flags['password-file'])),
    ca: flags['ca-file'] === '' ? undefined : () => readFileSync(flags['ca-file'], 'utf8'),
  };
}
