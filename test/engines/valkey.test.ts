import { expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import { Profile } from '../../src/topology/profile.js';
import { said, timesSaid } from './support/agent.js';
import { wholeRehearsal } from './support/rehearsed.js';
import { acknowledged } from './support/reigns.js';

const found = hasEngine('valkey', process.env.PATH ?? '');

it.skipIf(!found)(
  'starts, survives a kill and a planned stop, and verifies, on a real valkey-server',
  async () => {
    const { rehearsal, master } = await wholeRehearsal({ engine: Engine.valkey(), profile: Profile.STRICT });
    const writer = rehearsal.writer({ confirm: true });
    await acknowledged(rehearsal, writer, 200);
    rehearsal.killServer(master);
    await rehearsal.masterOtherThan(master);
    const second = await rehearsal.whole();
    await rehearsal.replacePod(second);
    expect(await rehearsal.whole()).not.toBe(second);
    await said(rehearsal, 'handed-over', [second]);
    expect(timesSaid(rehearsal, second, 'handed-over')).toBe(1);
    expect(await writer.report()).toMatchObject({ lostConfirmed: 0 });
    expect(await rehearsal.verify()).toMatchObject({ code: 0 });
  },
  120_000,
);
