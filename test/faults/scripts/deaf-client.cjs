// deaf-client.cjs HOST PORT PASSWORD_FILE CA_FILE KEY TIMES SECONDS: asks for the key's value so often, on one connection, and does
// not read the answers, for so long. Over TLS where CA_FILE is not empty. Prints whether the server has closed the connection.
const { readFileSync } = require('node:fs');
const net = require('node:net');
const tls = require('node:tls');

const [host, port, passwordFile, caFile, key, times, seconds] = process.argv.slice(2);
const command = (...words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
const password = readFileSync(passwordFile, 'utf8').replace(/\n$/, '');

// Without a listener for `data` nothing is read, beyond what fits into the sockets.
const socket = caFile
  ? tls.connect({ host, port: Number(port), servername: host, ca: readFileSync(caFile) })
  : net.connect(Number(port), host);
socket.write(command('AUTH', password) + command('GET', key).repeat(Number(times)));
let closed = false;
for (const event of ['error', 'end', 'close']) {
  socket.on(event, () => {
    closed = true;
  });
}
// An end lies behind what was sent before it, some megabytes at the most.
const after = Number(seconds) * 1000;
setTimeout(() => socket.resume(), after);
setTimeout(() => {
  console.log(closed ? 'closed' : 'open');
  process.exit(0);
}, after + 2000);
