import { Accounts } from '../../../src/agent/program/accounts.js';
import { Clock } from '../../../src/agent/program/clock.js';
import { ONE_FORM } from '../../../src/agent/program/forms.js';
import { planOf } from '../../../src/agent/program/know/plan.js';
import { Passwords } from '../../../src/agent/program/passwords.js';
import { readSettings } from '../../../src/agent/program/settings.js';
import type { Surroundings } from '../../../src/agent/program/surroundings.js';
import { PASSWORD, temporary } from './engine.js';
import { environment } from './environment.js';

export interface TestSurroundings extends Surroundings {
  readonly said: string[];
  /** How often something new was known. */
  readonly changes: () => number;
  /** How often an answer came that told nothing new. */
  readonly repeats: () => number;
}

/** Surroundings of ordinal 0, whose servers and Sentinels are at these addresses. */
export function surroundings(
  servers: readonly string[],
  changes: Readonly<Record<string, string>> = {},
  { password = PASSWORD, accepted }: { password?: string; accepted?: string } = {},
): TestSurroundings {
  const runDir = temporary();
  const hosts = servers.join(' ');
  const [local = ''] = servers;
  const own = {
    POD_NAME: 'cache-0',
    RUN_DIR: runDir,
    DATA_DIR: temporary(),
    LOCAL: local,
    SERVERS: hosts,
    SENTINELS: hosts,
  };
  const settings = readSettings(environment({ ...own, ...changes }));
  const passwords = Passwords.load(runDir, { value: password }) as Passwords;
  if (accepted !== undefined) passwords.putInForce(password, accepted);
  const plan = planOf(settings, { servers: settings.servers, sentinels: settings.sentinels });
  const said: string[] = [];
  let count = 0;
  let repeated = 0;
  return {
    settings,
    plan,
    forms: ONE_FORM,
    passwords,
    sentinelPasswords: passwords,
    accounts: new Accounts(settings, passwords, undefined),
    clock: new Clock(),
    said,
    say: (line) => said.push(line),
    changed: () => {
      count++;
    },
    unchanged: () => {
      repeated++;
    },
    changes: () => count,
    repeats: () => repeated,
  };
}
