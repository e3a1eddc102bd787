import { expect, it } from 'vitest';
import { ask } from '../../src/client/connection.js';
import { asked } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';

const HEALTHY = { live: 200, redis: 200, sentinel: 200 };

it('tells by HTTP whether a pod is alive and ready, with what its own processes know', async () => {
  const { rehearsal, master } = await wholeRehearsal();
  const [refusing, hanging] = rehearsal.servers.filter((pod) => pod !== master) as [string, string];
  const tells = async (pod: string) => {
    const [live, redis, sentinel] = await Promise.all(
      ['/livez', '/readyz?of=redis', '/readyz?of=sentinel'].map((path) => asked(rehearsal, pod, path)),
    );
    return { live, redis, sentinel };
  };
  const until = (pod: string, expected: Awaited<ReturnType<typeof tells>>) =>
    rehearsal.until(
      async () => JSON.stringify(await tells(pod)) === JSON.stringify(expected),
      `${pod} does not tell ${JSON.stringify(expected)}`,
    );
  for (const pod of rehearsal.servers) await until(pod, HEALTHY);
  expect([await asked(rehearsal, master, '/metrics'), await asked(rehearsal, master, '/status')]).toEqual([200, 200]);

  // The Secret has another password by now.
  rehearsal.changePassword('another');
  rehearsal.refreshSecret(refusing);
  expect(await tells(refusing)).toEqual(HEALTHY);

  // It refuses its pod's password: noticed with the next connection.
  await rehearsal.view.redis(hanging, 'CONFIG', 'SET', 'requirepass', 'set by hand');
  const { addressOf, redisPort: port } = rehearsal.sites;
  await ask({ host: addressOf(hanging), port, password: 'set by hand' }, ['CLIENT', 'KILL', 'TYPE', 'normal']);
  await until(hanging, { ...HEALTHY, redis: 503 });

  // It is busy with a script for longer than any client waits, and then hangs.
  await rehearsal.view.redis(master, 'CONFIG', 'SET', 'busy-reply-threshold', '50');
  const script = rehearsal.view.redis(master, 'EVAL', 'while true do end', '0').catch(() => undefined);
  await rehearsal.until(async () => {
    const reply = await rehearsal.view.redis(master, 'PING').catch((error: Error) => error.message);
    return String(reply).includes('BUSY');
  }, 'the script does not run');
  expect((await tells(master)).live).toBe(200);
  await rehearsal.view.redis(master, 'SCRIPT', 'KILL');
  await script;
  rehearsal.killServer(hanging, 'SIGSTOP');
  rehearsal.killServer(hanging, 'SIGSTOP', 'sentinel');
  await until(hanging, { live: 200, redis: 503, sentinel: 503 });
});
