import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tls } from '../../src/index.js';
import type { Rehearsal } from '../../src/rehearsal/rehearsal.js';
import { hasOpenssl } from '../support/openssl.js';
import { rehearsed, wholeRehearsal } from './support/rehearsed.js';

function logs(rehearsal: Rehearsal): string {
  return rehearsal.pods.map((pod) => rehearsal.log(pod, 'agent')).join('\n');
}

describe.skipIf(!hasOpenssl())('a topology with TLS (needs openssl)', () => {
  it('ends and replaces nobody whose certificate is no longer accepted, and takes no certificate that is not sound', async () => {
    const { rehearsal, master } = await wholeRehearsal({ tls: Tls.fromSecret() });
    const [pod = ''] = rehearsal.servers.filter((one) => one !== master);
    // A new agent reads a certificate of an authority that signed none of the others'.
    const stranger = await wholeStranger();
    for (const file of ['tls.crt', 'tls.key', 'ca.crt']) {
      cpSync(join(stranger, file), join(rehearsal.folder, pod, 'volumes/tls', file), { force: true });
    }
    await rehearsal.until(
      () => /certificate-ignored .*does not hold the name/.test(rehearsal.log(pod, 'agent')),
      'was taken',
      {
        timeoutMs: 30_000,
      },
    );
    rehearsal.signalAgent(pod, 'SIGKILL');
    await rehearsal.until(() => /error tls: .*does not hold the name/.test(rehearsal.log(pod, 'agent')), 'was taken');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await rehearsal.view.master()).toBe(master);
    expect(rehearsal.pods.map((each) => rehearsal.container(each, 'redis').restarts)).toEqual([0, 0, 0]);
    expect(logs(rehearsal)).not.toMatch(/ended-server|switched |demote/);
  });

  it('has the data of before, and the last master, when it was stopped without TLS and is started with it', async () => {
    const { rehearsal: plain, master } = await wholeRehearsal();
    await plain.view.redis(master, 'SET', 'before', 'kept');
    for (const pod of plain.pods) await plain.deletePod(pod);
    const secure = await rehearsed({ tls: Tls.fromSecret() });
    for (const pod of secure.pods) {
      const data = (of: Rehearsal) => join(of.folder, pod, 'volumes/data');
      cpSync(data(plain), data(secure), { recursive: true });
    }
    secure.start();
    const now = await secure.whole();
    expect(await secure.view.redis(now, 'GET', 'before')).toBe('kept');
  });
});

/** A folder with the certificate of another topology. */
async function wholeStranger(): Promise<string> {
  const other = await rehearsed({ tls: Tls.fromSecret() });
  other.start([other.servers[0] as string]);
  return join(other.folder, other.servers[0] as string, 'volumes/tls');
}
