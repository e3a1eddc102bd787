import type { Command } from '../command.js';
import { client } from './client.js';
import { completionCommand } from './completion.js';
import { explain } from './explain.js';
import { helpCommand } from './help.js';
import { init } from './init.js';
import { rehearse } from './rehearse.js';
import { simulate } from './simulate.js';
import { status } from './status.js';
import { synth } from './synth.js';
import { validate } from './validate.js';
import { verify } from './verify.js';
import { version } from './version.js';

const all = () => COMMANDS;

/** In the order in which they are needed. */
export const COMMANDS: readonly Command[] = [
  init,
  validate,
  synth,
  explain,
  simulate,
  rehearse,
  verify,
  status,
  client,
  completionCommand(all),
  helpCommand(all),
  version,
];

/** The one that needs no name. */
export const STANDARD = synth;
