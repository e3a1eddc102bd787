import { expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import { Profile } from '../../src/topology/profile.js';
import { wholeRehearsal } from './support/rehearsed.js';

const found = hasEngine('valkey', process.env.PATH ?? '');

it.skipIf(!found)(
  'starts, survives a kill and a planned stop, and verifies, on a real valkey-server',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ engine: Engine.valkey(), profile: Profile.STRICT });
    const writer = rehearsal.writer({ confirm: true });
    await rehearsal.until(() => writer.acks.length > 200, 'no writes');
    const killed = rehearsal.killServer(master);
    await rehearsal.until(
      () => writer.firstAfter(killed + 50) !== undefined,
      () => `no writes: ${writer.lastError}`,
    );
    const second = await rehearsal.whole();
    await rehearsal.replacePod(second);
    expect(await rehearsal.whole()).not.toBe(second);
    expect(rehearsal.log(second, 'redis')).toContain('handed-over');
    expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
    expect(await rehearsal.verify()).toMatchObject({ code: 0 });
  },
  120_000,
);
