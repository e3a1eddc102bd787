import { expect, it } from 'vitest';
import { Profile } from '../../src/topology/profile.js';
import { restarts, said, timesSaid } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged, epochOf, reigns } from './support/reigns.js';

it('disturbs nothing that runs while the agents are away, and a restarted one finds its way back', async () => {
  const { rehearsal, master } = await wholeRehearsal({ profile: Profile.STRICT });
  const epoch = await epochOf(rehearsal, master);
  const writer = rehearsal.writer({ confirm: true });
  await acknowledged(rehearsal, writer, 100);
  await Promise.all(rehearsal.servers.map((pod) => rehearsal.container(pod, 'agent').terminate(0)));
  await acknowledged(rehearsal, writer, 500);
  for (const pod of rehearsal.servers) rehearsal.container(pod, 'agent').start();
  expect(await rehearsal.whole()).toBe(master);
  await acknowledged(rehearsal, writer, 100);
  expect(reigns(writer.acks)).toEqual([master]);
  expect(await epochOf(rehearsal, master)).toBe(epoch);
  for (const pod of rehearsal.servers) expect(restarts(rehearsal, pod)).toBe(0);

  rehearsal.killServer(master);
  const heir = await rehearsal.masterOtherThan(master);
  expect(await rehearsal.whole()).toBe(heir);
  await said(rehearsal, 'reason=server-gone', [master]);
  expect(timesSaid(rehearsal, master, 'reason=server-gone')).toBe(1);
  await acknowledged(rehearsal, writer, 100);
  expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
});

it('replaces a killed master whose agent is gone or hangs after down-after, and loses nothing confirmed', async () => {
  const { rehearsal, master: first } = await wholeRehearsal({ profile: Profile.STRICT });
  const writer = rehearsal.writer({ confirm: true });
  await acknowledged(rehearsal, writer, 100);
  await rehearsal.container(first, 'agent').terminate(0);
  rehearsal.killServer(first);
  const second = await rehearsal.masterOtherThan(first);
  await acknowledged(rehearsal, writer, 100);
  // Nobody starts the server without its agent.
  expect(await rehearsal.view.role(first)).toBe('down');
  rehearsal.container(first, 'agent').start();
  expect(await rehearsal.whole()).toBe(second);

  rehearsal.signalAgent(second, 'SIGSTOP');
  rehearsal.killServer(second);
  const third = await rehearsal.masterOtherThan(second);
  await acknowledged(rehearsal, writer, 100);
  rehearsal.signalAgent(second, 'SIGCONT');
  expect(await rehearsal.whole()).toBe(third);
  expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
  expect(reigns(writer.acks)).toEqual([first, second, third]);
  await said(rehearsal, 'start-replica', [first, second]);
});
