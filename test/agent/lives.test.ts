import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VolumeFacts } from '../../src/agent/program/act/volume-facts.js';
import { Lives } from '../../src/agent/program/lives.js';
import { Waiting } from '../../src/agent/program/log.js';
import { surroundings } from './support/surroundings.js';

it.each<[string, string | undefined, string, boolean | undefined]>([
  ['nothing of one that does not run', undefined, 'noted', undefined],
  ['what was noted of the one that runs', 'noted', 'noted', false],
  ['that one of which nothing was noted was told to be patient, or was about to be', 'new', 'noted', true],
])('an agent that is started anew knows of its Sentinel %s', (_, runs, noted, patient) => {
  const around = surroundings(['127.0.0.1']);
  const { runDir, dataDir } = around.settings;
  mkdirSync(runDir, { recursive: true });
  const notes = { durable: { patient: false }, sentinelToken: noted };
  writeFileSync(join(runDir, 'agent.json'), JSON.stringify(notes));
  if (runs) writeFileSync(join(runDir, 'sentinel.running'), `${runs}\nRedis server v=7.0.15\n`);
  const lives = new Lives(around, new VolumeFacts(dataDir), new Waiting(() => around.clock.realNow()), () => false);
  lives.look(around.clock.now());
  expect(lives.recall().patient).toBe(patient);
});
