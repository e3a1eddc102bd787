// node - HOST PORT CA_FILE|none|plain TEXT: connects as somebody who may not, sends the text, and prints what came of it: a word
// for the connection, then what was answered. CA_FILE: with TLS, trusting it; `none`: with TLS, trusting what the image does.
const [host, port, trust, text = ''] = process.argv.slice(2);
const { connect: plain } = require('node:net');
const { connect: secure } = require('node:tls');
const { readFileSync } = require('node:fs');

let answer = '';
const end = (word) => {
  process.stdout.write(`${word}\n${answer}`);
  process.exit(0);
};
const ca = trust === 'none' || trust === 'plain' ? undefined : readFileSync(trust);
const socket = trust === 'plain' ? plain(port, host) : secure({ host, port, ca, servername: host });
socket.on(trust === 'plain' ? 'connect' : 'secureConnect', () => {
  socket.write(text);
  // Whoever is to be refused is refused at once.
  setTimeout(() => end('open'), 1000);
});
socket.on('data', (chunk) => {
  answer += chunk;
});
socket.on('close', () => end('closed'));
socket.on('error', ({ code, message }) => end(`error ${code ?? message}`));
setTimeout(() => end('silent'), 3000);
