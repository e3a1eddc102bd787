// node -e THIS PORT UPSTREAM: passes questions of DNS on, and says so when the first one comes.
const dgram = require('node:dgram');
const net = require('node:net');

const [port, upstream] = process.argv.slice(1);
let said = false;

function asked() {
  if (!said) console.log('asked');
  said = true;
}

const server = dgram.createSocket('udp4');
server.on('message', (question, { port: itsPort, address }) => {
  asked();
  const link = dgram.createSocket('udp4');
  const over = setTimeout(() => link.close(), 5000);
  link.on('message', (answer) => {
    clearTimeout(over);
    server.send(answer, itsPort, address);
    link.close();
  });
  link.send(question, 53, upstream);
});
server.bind(Number(port));

net
  .createServer((client) => {
    asked();
    const link = net.connect(53, upstream);
    client.on('error', () => link.destroy());
    link.on('error', () => client.destroy());
    client.pipe(link).pipe(client);
  })
  .listen(Number(port));
