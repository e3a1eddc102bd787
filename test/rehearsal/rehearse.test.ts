import { existsSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../src/rehearsal/rehearsal.js';
import { type RehearsalEvent, rehearse } from '../../src/rehearsal/rehearse.js';
import { objectsOf, wholeRehearsal } from '../engines/support/rehearsed.js';

test('tells the story of a crash and of a hand-over, each verified, and ends with 0', async () => {
  const lines: string[] = [];
  const events: RehearsalEvent[] = [];
  const options = { print: (line: string) => lines.push(line), event: (event: RehearsalEvent) => events.push(event) };
  expect(await rehearse(objectsOf(), options), lines.join('\n')).toBe(0);
  const told = lines.flatMap((line) => /^ {2}\+ *[\d.]+ s {2}(\S+(?: \S+)*)/.exec(line)?.[1] ?? []);
  expect(told).toEqual([
    ...['started', 'whole', 'verified'],
    ...['killed', 'promoted', 'writing again', 'whole', 'writes', 'verified'],
    ...['deleting', 'promoted', 'writing again', 'replaced', 'whole', 'writes', 'verified'],
  ]);
  expect(events.map(({ what }) => what)).toEqual(told);
  expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).sort((a, b) => a - b));
});

test('ends with 1 when the verification does, says what it found, and keeps the logs', async () => {
  const lines: string[] = [];
  const objects = objectsOf().map((object) =>
    object.kind === 'Job' ? expecting(object, 'EXPECTED_QUORUM', '3') : object,
  );
  expect(await rehearse(objects, { print: (line) => lines.push(line) })).toBe(1);
  const text = lines.join('\n');
  expect(text).toMatch(/FAILED: the verification ended with code 1:\n(.*\n)*FAIL .*quorum/);
  const folder = /are in (\S+)$/.exec(text)?.[1] ?? '';
  expect(existsSync(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});

test('a write that is acknowledged and then gone is counted as lost', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const writer = rehearsal.writer({ confirm: true });
  await rehearsal.until(() => writer.acks.length >= 20, 'fewer than 20 writes acknowledged');
  const key = writer.acks[10]?.key ?? '';
  await rehearsal.view.redis(master, 'DEL', key);
  const { acknowledged, confirmed, lost, lostConfirmed, lostWrites } = await writer.report();
  expect({ confirmed, lost, lostConfirmed }).toEqual({ confirmed: acknowledged, lost: 1, lostConfirmed: 1 });
  expect(lostWrites.map((ack) => ack.key)).toEqual([key]);
});

test('a server that is killed is the engine’s own process, and a Sentinel is one too', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  rehearsal.killServer(master);
  expect(await rehearsal.masterOtherThan(master)).not.toBe(master);
  rehearsal.killServer('cache-0', 'SIGKILL', 'sentinel');
  await rehearsal.until(() => rehearsal.container('cache-0', 'sentinel').restarts === 1, 'the Sentinel did not end');
  await rehearsal.whole();
});

test.each(['system', 'busybox'] as const)(
  'an agent that is killed disturbs nothing that runs (shell: %s)',
  async (shell) => {
    const { rehearsal, master } = await wholeRehearsal({}, { shell });
    const lives = async () => [
      (await rehearsal.view.info(master, 'server')).run_id,
      ...['redis', 'sentinel'].map((name) => rehearsal.container(master, name).restarts),
    ];
    const before = await lives();
    rehearsal.signalAgent(master, 'SIGKILL');
    await rehearsal.until(() => rehearsal.container(master, 'agent').restarts === 1, 'the agent did not end');
    expect(await rehearsal.whole()).toBe(master);
    expect(await lives()).toEqual(before);
  },
);

function expecting(job: KubernetesObject, name: string, value: string): KubernetesObject {
  const copy = structuredClone(job) as KubernetesObject & {
    spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
  };
  const variable = copy.spec.template.spec.containers[0]?.env.find((entry) => entry.name === name);
  if (variable) variable.value = value;
  return copy;
}
