import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment } from './support/deployment.js';
import { investigated } from './support/diagnostics.js';
import { RenderedTopology } from './support/rendered-topology.js';
import { Hopeless, Pending, until } from './support/wait.js';

const manifest = RenderedTopology.of('production');

interface BadSecret {
  readonly what: string;
  readonly purpose: string;
  readonly secret: Readonly<Record<string, string>>;
  /** What the log of an agent (or, where its pod cannot start, an event of it) says. */
  readonly says: RegExp;
}

const bad: readonly BadSecret[] = [
  {
    what: 'lacks the key',
    purpose: 'password-missing',
    secret: { passwort: 'x' },
    says: /the key that the topology names|non-existent secret key/,
  },
  { what: 'is empty', purpose: 'password-empty', secret: { password: '' }, says: /the Secret's value is empty/ },
  {
    what: 'has two lines',
    purpose: 'password-lines',
    secret: { password: 'one\ntwo' },
    says: /the Secret's value holds a line break/,
  },
];
const awkward = String.raw`a "quoted" 'pass' #word \ with\n $HOME and %s`;

const deployments = new Map<string, Deployment>();
const deploymentOf = (purpose: string): Deployment => deployments.get(purpose) as Deployment;

// All at once: each mostly waits.
beforeAll(async () => {
  for (const { purpose, secret } of [...bad, { purpose: 'password-awkward', secret: { password: awkward } }]) {
    const deployment = await Deployment.create(manifest, purpose, { secret });
    deployments.set(purpose, deployment);
    await deployment.apply();
  }
});

afterAll(async () => {
  for (const deployment of deployments.values()) await deployment.delete();
});

describe('a topology', () => {
  it.each(bad)('whose password $what says so and starts no server', ({ purpose, says }) => {
    const deployment = deploymentOf(purpose);
    return investigated([deployment], async () => {
      for (const name of manifest.serverNames) {
        await until(`${name} says ${says}`, 60, async () => {
          const heard = await words(deployment, name);
          if (/ start-(master|replica|candidate) /.test(heard)) throw new Hopeless(`${name} started:\n${heard}`);
          return says.test(heard) ? true : new Pending(heard);
        });
      }
      const pods = await deployment.pods();
      const ready = pods.flatMap((pod) => pod.status.containerStatuses ?? []).filter((container) => container.ready);
      expect(ready.map((container) => container.name)).toEqual([]);
    });
  });

  it('takes a password with quotes, spaces, # and backslashes', () => {
    const deployment = deploymentOf('password-awkward');
    return investigated([deployment], async () => {
      await deployment.ready(120);
      await deployment.verified(120);
      await deployment.client.start();
      await deployment.whole(30);
    });
  });
});

/** What a server's container and its sidecars logged, this time and the last, and the events of its pod. */
async function words({ kubectl }: Deployment, pod: string): Promise<string> {
  const logs = ['logs', pod, '--all-containers', '--tail=-1'];
  const said = await Promise.all([
    kubectl.attempt(logs),
    kubectl.attempt([...logs, '--previous']),
    kubectl.attempt(['get', 'events', '--field-selector', `involvedObject.name=${pod}`]),
  ]);
  return said.map(({ stdout }) => stdout).join('\n');
}
