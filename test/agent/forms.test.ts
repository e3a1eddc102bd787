import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formsOf } from '../../src/agent/program/forms.js';
import { readSentinelState } from '../../src/agent/program/know/sentinel-state.js';
import { placesPath } from '../../src/agent/program/paths.js';
import { readSettings } from '../../src/agent/program/settings.js';
import { announced } from '../../src/agent/program/trust.js';
import { temporary } from './support/engine.js';
import { environment } from './support/environment.js';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const NAMES = [0, 1, 2].map((place) => `cache-${place}.shop.svc.cluster.local`);
const PORTS = { REDIS_PLAIN_PORT: '1', REDIS_TLS_PORT: '2', SENTINEL_PLAIN_PORT: '3', SENTINEL_TLS_PORT: '4' };
const TLS = { TLS_DIR: '/tls', TLS_CLIENTS: 'none', ...PORTS };

/** What an agent of that stage calls the members, and makes of what it is told. */
function agentIn(stage: 'none' | 'accept' | 'prefer' | 'only') {
  const transition = stage === 'accept' || stage === 'prefer' ? { TLS_TRANSITION: stage } : {};
  const hosts = NAMES.map((name) => `${name}.`).join(' ');
  const of = { SERVERS: hosts, SENTINELS: hosts, ...(stage === 'none' ? {} : { ...TLS, ...transition }) };
  const settings = readSettings(environment(of));
  const located = { servers: ADDRESSES, sentinels: ADDRESSES };
  const planned = announced(settings, located);
  return { plan: planned.servers, forms: formsOf(settings, located, planned) };
}

describe.each([
  ['none', ADDRESSES],
  ['accept', ADDRESSES],
  ['prefer', NAMES],
  ['only', NAMES],
] as const)('an agent in the stage %s', (stage, plan) => {
  const agent = agentIn(stage);

  it('knows the members in one form, and takes the other for it', () => {
    expect(agent.plan).toEqual(plan);
    for (const told of [ADDRESSES, NAMES, NAMES.map((name) => `${name}.`)]) {
      expect(told.map(agent.forms.canonical)).toEqual(plan);
    }
  });

  it('leaves what is no member as it was told', () => {
    expect(agent.forms.canonical('10.9.9.9')).toBe('10.9.9.9');
    expect(agent.forms.canonical('')).toBe('');
  });

  it('says names to whoever says names', () => {
    expect(plan.map((member) => agent.forms.like(NAMES[2], member))).toEqual(NAMES);
  });

  it('says its own form to whoever says addresses, or has said nothing', () => {
    for (const told of [ADDRESSES[2], undefined])
      expect(plan.map((member) => agent.forms.like(told, member))).toEqual(plan);
  });

  it.each([
    ['the address that the Sentinel was started with', ADDRESSES[1], ADDRESSES],
    ['the name that it was started with', NAMES[1], NAMES],
    ['a name that it heard later', NAMES[1], ADDRESSES],
    ['an address that it heard later', ADDRESSES[1], NAMES],
    ['an address of before, of another cluster', '10.7.7.2', ['10.7.7.1', '10.7.7.2', '10.7.7.3']],
  ])('remembers the master by %s', (_, monitored, places) => {
    const dataDir = temporary();
    mkdirSync(join(dataDir, 'sentinel'));
    writeFileSync(join(dataDir, 'sentinel/sentinel.conf'), `sentinel monitor mymaster ${monitored} 6379 2\n`);
    writeFileSync(placesPath(dataDir), places.map((place, ordinal) => `${ordinal} ${place}\n`).join(''));
    expect(readSentinelState(dataDir, 'mymaster', agent.plan, agent.forms).master).toBe(plan[1]);
  });
});
