import { describe, expect, it } from 'vitest';
import { Tls, type TlsTransition } from '../../src/index.js';
import { type PlainObject, synth } from './synth.js';

/** What is made in that stage; undefined: TLS alone. */
function made(transition?: TlsTransition) {
  const manifest = synth({
    name: 'cache',
    namespace: 'caches',
    tls: Tls.fromSecret(undefined, { transition }),
    metrics: { exporter: true },
    verification: true,
  });
  const { initContainers, containers } = manifest.one('StatefulSet', 'cache').spec.template.spec;
  const [agent] = initContainers;
  const env = (container: PlainObject) =>
    Object.fromEntries(container.env.map(({ name, value }: PlainObject) => [name, value]));
  const exporter = containers.find(({ name }: PlainObject) => name === 'exporter');
  const [verify] = manifest.one('Job').spec.template.spec.containers;
  return {
    agent: env(agent),
    cpu: agent.resources.requests.cpu,
    exporter: exporter.command.join(' '),
    verify: env(verify),
    client: manifest.one('ConfigMap', 'cache-client').data,
    sentinelConf: manifest.config.data['sentinel.conf'],
    services: manifest.all('Service'),
    policy: manifest.one('NetworkPolicy', 'cache'),
  };
}

describe('while TLS is turned on or off', () => {
  const only = made();

  it('agents reserve more of a processor, since all connections go through them', () => {
    expect([only.cpu, made('accept').cpu, made('prefer').cpu]).toEqual(['50m', '200m', '200m']);
  });

  it.each(['accept', 'prefer'] as const)(
    'agents are told in %s where the engines listen, on ports of their own',
    (stage) => {
      const { agent } = made(stage);
      expect(agent).toMatchObject({ TLS_TRANSITION: stage, REDIS_PORT: '6379', SENTINEL_PORT: '26379' });
      const ports = Object.entries(agent).filter(([name]) => name.endsWith('_PORT'));
      expect(ports).toHaveLength(8);
      expect(new Set(ports.map(([, port]) => port)).size).toBe(8);
      // Linux gives the ports from 32768 on to whoever connects.
      for (const [name, port] of ports) expect(Number(port), name).toBeLessThan(32_768);
      expect(only.agent).not.toHaveProperty('TLS_TRANSITION');
    },
  );

  it('nothing else of the network changes', () => {
    for (const stage of ['accept', 'prefer'] as const) {
      const { services, policy } = made(stage);
      expect([services, policy]).toEqual([only.services, only.policy]);
    }
  });

  it('clients are told in `accept` what they are told without TLS, and in `prefer` what with it', () => {
    expect(made('prefer').client).toEqual(only.client);
    const { REDIS_TLS, REDIS_TLS_CLIENTS, REDIS_CA_SECRET, REDIS_CA_SECRET_KEY, ...plain } = only.client;
    expect([REDIS_TLS, REDIS_TLS_CLIENTS, REDIS_CA_SECRET, REDIS_CA_SECRET_KEY]).toEqual([
      'true',
      'none',
      'cache-tls',
      'ca.crt',
    ]);
    expect(made('accept').client).toEqual(plain);
  });

  it('the exporter and the verification connect likewise', () => {
    expect(made('accept').exporter).toContain('-redis.addr=redis://127.0.0.1:6379');
    expect(made('accept').verify).not.toHaveProperty('TLS_CA_FILE');
    expect(made('prefer').exporter).toBe(only.exporter);
    expect(made('prefer').verify).toEqual(only.verify);
  });

  it('Sentinels understand names from the first stage on, and tell them from the second on', () => {
    const told = (text: string) => text.match(/^sentinel (resolve|announce)-hostnames \w+$/gm);
    expect(told(made('accept').sentinelConf)).toEqual(['sentinel resolve-hostnames yes']);
    expect(told(made('prefer').sentinelConf)).toEqual(told(only.sentinelConf));
    expect(told(only.sentinelConf)).toEqual(['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes']);
  });
});
