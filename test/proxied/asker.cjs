// node - HOST PORT PASSWORD_FILE CONNECTIONS SECONDS RATE: asks on so many connections, one question at a time on each, SET and GET
// in turn: RATE in a second over all of them, or as fast as answers come (0). Prints how many were answered in a second, and the
// median and the 99th percentile of what an answer took, in ms: from when it was due, so that waiting in turn counts too.
const { connect } = require('node:net');
const { readFileSync } = require('node:fs');

const [host, port, passwordFile] = process.argv.slice(2, 5);
const [connections, seconds, rate] = process.argv.slice(5).map(Number);
const password = readFileSync(passwordFile, 'utf8');
const command = (...words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
const QUESTIONS = [
  [command('SET', 'asked', 'value'), '+OK\r\n'.length],
  [command('GET', 'asked'), '$5\r\nvalue\r\n'.length],
];
const WARM_UP_MS = 500;

const times = [];
let from = Number.POSITIVE_INFINITY;
let open = 0;

function fail(error) {
  process.stderr.write(`${host}:${port}: ${error.message ?? error}\n`);
  process.exit(1);
}

function asker(index) {
  const socket = connect({ host, port, noDelay: true }, () => socket.write(command('AUTH', password)));
  const everyMs = rate > 0 ? (1000 * connections) / rate : 0;
  let turn = -1;
  let missing = '+OK\r\n'.length;
  let due = 0;
  const ask = () => {
    turn++;
    const [text, length] = QUESTIONS[turn % QUESTIONS.length];
    missing = length;
    socket.write(text);
  };
  const next = () => {
    const now = performance.now();
    if (everyMs === 0) {
      due = now;
      ask();
      return;
    }
    due = Math.max(due + everyMs, now - 1000);
    if (due <= now) ask();
    else setTimeout(ask, due - now);
  };
  socket.on('data', (chunk) => {
    missing -= chunk.length;
    if (missing > 0) return;
    if (missing < 0 || chunk[0] === 45) fail(`unexpected answer: ${chunk}`);
    const now = performance.now();
    if (turn < 0) {
      open++;
      due = now + (everyMs * index) / connections;
      if (open === connections) from = now + WARM_UP_MS;
    } else if (now >= from && due >= from) times.push(now - due);
    next();
  });
  socket.on('error', fail);
  socket.on('close', () => fail('closed'));
}

for (let index = 0; index < connections; index++) asker(index);
setTimeout(
  () => {
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    const took = (performance.now() - from) / 1000;
    process.stdout.write(JSON.stringify({ perSecond: times.length / took, median: at(0.5), p99: at(0.99) }));
    process.exit(0);
  },
  seconds * 1000 + WARM_UP_MS,
);
