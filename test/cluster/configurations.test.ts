import { describe, expect, it } from 'vitest';
import { type Deployment, PASSWORD } from './support/deployment.js';
import { crash } from './support/faults.js';
import { startedFixture } from './support/fixture.js';
import { NodeAgents } from './support/node-agents.js';
import type { KubeObject, StatefulSet } from './support/objects.js';

/** As OpenShift's admission gives it to the pods of a namespace. */
const ANY_USER = 1_000_650_000;

/** `redis-cli` in the first server's container, without a password but what is in `args`. */
const cli = ({ kubectl, manifest }: Deployment, ...args: string[]) =>
  kubectl.exec(manifest.serverNames[0] as string, 'redis', ['redis-cli', ...args]);

describe('a topology', { sequential: true }, () => {
  it('without a password lets in whoever is let through to it, and nobody else', async () => {
    const topology = await startedFixture('no-password');
    expect(await cli(topology, 'PING')).toBe('PONG\n');
    await topology.client.start();
    await topology.whole(30);
    const { kubectl, manifest } = topology;
    const { name } = topology.client;
    // Without the client label the network is closed to it.
    await kubectl.run(['label', 'pod', name, `redis-sentinel.cdk8s.io/client-${manifest.name}-`]);
    const connect = `require('net').connect(6379,'${manifest.serverNames[0]}').setTimeout(2000,()=>process.exit(7)).on('connect',()=>process.exit(0)).on('error',()=>process.exit(8))`;
    // A policy takes effect within a second.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { stderr, code } = await kubectl.attempt(['exec', name, '-c', 'load', '--', 'node', '-e', connect]);
    expect(code, stderr).toBe(7);
  });

  it('whose Sentinels want no password answers to those who have none, and its servers do not', async () => {
    const topology = await startedFixture('open-sentinels');
    expect(await cli(topology, '-p', '26379', 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toContain('6379');
    expect(await cli(topology, 'PING')).toContain('NOAUTH');
  });

  it('with snapshots alone has its data after a stop of all', async () => {
    const topology = await startedFixture('snapshots');
    await topology.client.start();
    const { master } = await topology.whole(30);
    const inMaster = (...args: string[]) =>
      topology.kubectl.exec(master, 'redis', ['env', `REDISCLI_AUTH=${PASSWORD}`, 'redis-cli', ...args]);
    expect(await inMaster('SET', 'kept', 'yes')).toBe('OK\n');
    await topology.kubectl.run(['scale', 'statefulset', '--all', '--replicas=0']);
    await topology.kubectl.run(
      ['wait', 'pod', '--for=delete', '--timeout=120s', '-l', 'app.kubernetes.io/component=server'],
      { timeout: 130_000 },
    );
    await topology.apply();
    await topology.ready(120);
    await topology.whole(60);
    expect(await inMaster('GET', 'kept')).toBe('yes\n');
  });

  it('without a fixed user runs as the one that the platform chooses', async () => {
    const chosen = (object: KubeObject): KubeObject => {
      const { spec } = object as StatefulSet;
      const pod = spec?.template?.spec as { readonly securityContext?: object } | undefined;
      if (!pod) return object;
      const securityContext = { ...pod.securityContext, runAsUser: ANY_USER, fsGroup: ANY_USER };
      return {
        ...object,
        spec: { ...spec, template: { ...spec.template, spec: { ...pod, securityContext } } },
      } as KubeObject;
    };
    const topology = await startedFixture('any-user', [], chosen);
    expect(await topology.kubectl.exec(topology.manifest.serverNames[0] as string, 'redis', ['id', '-u'])).toBe(
      `${ANY_USER}\n`,
    );
  });

  it('with limits of all containers starts under a ResourceQuota, in a namespace that is closed both ways', async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'team' },
      spec: { hard: { 'limits.cpu': '10', 'limits.memory': '4Gi', 'requests.cpu': '2' } },
    };
    const closed = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    };
    const topology = await startedFixture('quota', [quota, closed]);
    // A failover in it too: everything that it takes is let through.
    const [master] = (await topology.pods()).filter(
      ({ metadata }) => metadata.name === topology.manifest.serverNames[0],
    );
    if (!master) throw new Error('the first server has no pod');
    await crash(topology, new NodeAgents(), [master]);
    await topology.ready(120);
    await topology.verify();
  });
});
