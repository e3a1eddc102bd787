import { expect, it } from 'vitest';
import { Events } from '../../src/simulation/events.js';
import { Network } from '../../src/simulation/network.js';
import { Random } from '../../src/simulation/random.js';

function networkOf(hosts: number) {
  const events = new Events();
  const network = new Network(events, new Random(1, 'network'), { usual: 0.5, late: 20, lateShare: 0 }, hosts);
  const arrived: string[] = [];
  const arrives = (what: string) => () => void arrived.push(what);
  return { events, network, arrived, arrives };
}

it('what was sent into a cut arrives after its end, and that of a pod that is gone since does not', () => {
  const { events, network, arrived, arrives } = networkOf(3);
  for (const other of [0, 1]) network.cut(other, 2);
  network.send(0, 2, arrives('from the pod that lives'));
  network.send(1, 2, arrives('from the pod that is gone'));
  events.runUntil(1000);
  network.forgetFrom(1);
  for (const other of [0, 1]) network.heal(other, 2);
  events.runUntil(10_000);
  expect(arrived).toEqual(['from the pod that lives']);
});

it('the same where the pod goes after the end of the cut, before it has sent again', () => {
  const { events, network, arrived, arrives } = networkOf(2);
  network.cut(0, 1);
  network.send(0, 1, arrives('late'));
  events.runUntil(1000);
  network.heal(0, 1);
  network.forgetFrom(0);
  events.runUntil(10_000);
  expect(arrived).toEqual([]);
});

it('what is sent to the address of a pod that is gone is lost until the address is', () => {
  const { events, network, arrived, arrives } = networkOf(2);
  network.lose(1);
  network.connect(0, 1, arrives('a connection to the pod that is gone'));
  network.send(0, 1, arrives('data for the pod that is gone'));
  events.runUntil(2000);
  expect(network.connects(0, 1)).toBe(false);
  network.settle(1);
  network.connect(0, 1, arrives('a connection after it'));
  events.runUntil(20_000);
  expect(arrived).toEqual(['a connection after it']);
});

it('a cut goes on when an address within it is settled', () => {
  const { events, network, arrived, arrives } = networkOf(2);
  network.isolate(1);
  network.lose(1);
  network.settle(1);
  network.connect(0, 1, arrives('into the cut'));
  events.runUntil(5000);
  expect(arrived).toEqual([]);
  network.join(1);
  events.runUntil(30_000);
  expect(arrived).toEqual(['into the cut']);
});

it.each([
  ['begins before what the first held up is sent again', 900, 5000],
  ['is over before that', 2000, 2010],
])('what two cuts held up arrives in the order in which it was sent, where the second %s', (_, between, end) => {
  const { events, network, arrived, arrives } = networkOf(2);
  network.cut(0, 1);
  network.send(0, 1, arrives('first'));
  events.runUntil(between);
  network.heal(0, 1);
  network.send(0, 1, arrives('second'));
  network.cut(0, 1);
  network.send(0, 1, arrives('third'));
  events.runUntil(end);
  network.heal(0, 1);
  events.runUntil(30_000);
  expect(arrived).toEqual(['first', 'second', 'third']);
});
