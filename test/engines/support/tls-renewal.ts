import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask } from '../../../src/client/connection.js';
import { Tls } from '../../../src/index.js';
import type { EngineName } from '../../../src/rehearsal/binaries.js';
import type { Rehearsal } from '../../../src/rehearsal/rehearsal.js';
import { hasEngine } from '../../agent/support/engine.js';
import { hasOpenssl } from '../../support/openssl.js';
import { wholeRehearsal } from './rehearsed.js';
import { epochOf } from './reigns.js';

/** What a topology with mutual TLS promises, on that engine. */
export function promises(engine: EngineName): void {
  it.skipIf(!hasOpenssl() || !hasEngine(engine))(
    'mutual TLS lets nobody in without it, or without a certificate of its own, survives a crash, and takes a renewed one under load',
    async () => {
      const tls = Tls.fromSecret(undefined, { clients: 'required' });
      const { rehearsal, master } = await wholeRehearsal({ tls }, { engine });
      await refusesOthers(rehearsal, master);
      expect((await rehearsal.verify())?.output).toContain('ok    certificates');

      rehearsal.killServer(master);
      await rehearsal.masterOtherThan(master);
      const heir = await rehearsal.whole();

      const epoch = await epochOf(rehearsal, heir);
      const writer = rehearsal.writer();
      await rehearsal.until(() => writer.acks.length > 50, 'no writes');
      await renew(rehearsal);
      const restarts = (part: string) => rehearsal.pods.map((pod) => rehearsal.container(pod, part).restarts);
      expect(restarts('sentinel'), 'each once').toEqual([1, 1, 1]);
      expect(restarts('redis'), 'the killed one alone').toEqual(rehearsal.pods.map((pod) => (pod === master ? 1 : 0)));
      const { lost, gapMs } = await writer.report();
      expect(lost).toBe(0);
      // What it takes beyond nothing is the machine's: nobody was replaced.
      expect(gapMs).toBeLessThan(10_000);
      expect(await rehearsal.whole()).toBe(heir);
      expect(await epochOf(rehearsal, heir)).toBe(epoch);
      for (const pod of rehearsal.pods) {
        expect(readFileSync(join(rehearsal.folder, pod, 'volumes/run/redis.conf'), 'utf8')).toMatch(/^port 0$/m);
      }
    },
    240_000,
  );
}

async function refusesOthers({ sites }: Rehearsal, pod: string): Promise<void> {
  const { password, tls } = sites;
  for (const port of [sites.redisPort, sites.sentinelPort]) {
    const at = { host: sites.addressOf(pod), port, password };
    expect((await ask(at, ['PING'])).kind, 'without TLS').toMatch(/refused|silent/);
    expect(await ask({ ...at, tls: { ca: tls?.ca } }, ['PING']), 'without a certificate').toMatchObject({
      kind: 'untrusted',
    });
    expect(await ask({ ...at, tls }, ['PING'])).toMatchObject({ kind: 'reply', reply: 'PONG' });
  }
}

/** Until all of every pod uses it. @param change @default - the same authority issues another one */
export async function renew(rehearsal: Rehearsal, change = () => rehearsal.renewCertificate()): Promise<void> {
  const renewals = (pod: string) => [...rehearsal.log(pod, 'agent').matchAll(/certificate-renewed id=(\w+)/g)];
  const before = new Map(rehearsal.pods.map((pod) => [pod, renewals(pod).length]));
  change();
  for (const pod of rehearsal.pods) rehearsal.refreshSecret(pod);
  const uses = (pod: string) => {
    const all = renewals(pod);
    const id = all.at(-1)?.[1];
    return all.length > (before.get(pod) ?? 0) && rehearsal.log(pod, 'agent').includes(`certificate-in-use id=${id}`);
  };
  const missing = () => rehearsal.pods.filter((pod) => !uses(pod));
  await rehearsal.until(
    () => missing().length === 0,
    () => `not in use by ${missing().join(' ')}`,
    { timeoutMs: 120_000 },
  );
}
