// Whether every door is locked: each Redis server's and each Sentinel's.
import { randomBytes } from 'node:crypto';
import { type Address, formatAddress } from './address.js';
import type { Context } from './checks.js';
import { Connection, isReplyError, withConnection } from './connection.js';
import { judgeEach } from './finding.js';
import type { ProgramSettings } from './settings.js';
import { knownServers } from './survey.js';

/** Who gives no password gets nothing; where there is to be none, everybody is let in. */
export async function noPassword(context: Context): Promise<string> {
  const { locked, open } = await allDoors(context);
  const { tls } = context.settings;
  await judgeEach(locked, (door) => refusal(door, tls, ['PING'], 'NOAUTH', 'without a password'), {
    expected: "the error 'NOAUTH' from each",
    mend: "set requirepass there from the topology's Secret, by restarting the pod; look for who changed it",
  });
  await judgeEach(open, (door) => lockedAgainst(door, tls), {
    expected: "'PONG' from each that is to have no password",
    mend: 'restart the pod there, whose configuration is rendered without one; look for who set it',
  });
  return found(locked, open);
}

/** Who gives a wrong password gets nothing. */
export async function wrongPassword(context: Context): Promise<string> {
  const { locked, open } = await allDoors(context);
  const wrong = randomBytes(16).toString('hex');
  await judgeEach(
    locked,
    (door) => refusal(door, context.settings.tls, ['AUTH', wrong], 'WRONGPASS', 'with a wrong password'),
    {
      expected: "the error 'WRONGPASS' from each",
      mend: "look at ACL LIST there: the default user must have the topology's password, not 'nopass'",
    },
  );
  return found(locked, open);
}

interface Doors {
  readonly locked: readonly Address[];
  /** Those that are to have no password. */
  readonly open: readonly Address[];
}

async function allDoors({ survey, settings }: Context): Promise<Doors> {
  const { password, sentinelPassword, sentinels } = settings;
  const servers = knownServers(await survey());
  const ifLocked = (lock: string | undefined, doors: readonly Address[]) => (lock === undefined ? [] : doors);
  const ifOpen = (lock: string | undefined, doors: readonly Address[]) => (lock === undefined ? doors : []);
  return {
    locked: [...ifLocked(password, servers), ...ifLocked(sentinelPassword, sentinels)],
    open: [...ifOpen(password, servers), ...ifOpen(sentinelPassword, sentinels)],
  };
}

function found({ length: locked }: Doors['locked'], { length: open }: Doors['open']): string {
  if (open === 0) return `refused on all ${locked} servers and Sentinels`;
  const are = `${open} servers and Sentinels are open, as the topology says`;
  return locked === 0 ? `all ${are}` : `refused on ${locked}; ${are}`;
}

async function lockedAgainst(address: Address, tls: ProgramSettings['tls']): Promise<string | undefined> {
  return withConnection(Connection.to(address, { tls }), async (door) => {
    try {
      await door.call('PING');
      return undefined;
    } catch (refused) {
      if (!isReplyError(refused)) throw refused;
      return `${formatAddress(address)} answered '${refused.message}' without a password`;
    }
  });
}

/** What is wrong with the answer, if anything. */
function refusal(
  address: Address,
  tls: ProgramSettings['tls'],
  [command, ...args]: [string, ...string[]],
  error: string,
  how: string,
): Promise<string | undefined> {
  return withConnection(Connection.to(address, { tls }), async (door) => {
    try {
      await door.call(command, ...args);
      return `${formatAddress(address)} lets in ${how}`;
    } catch (refused) {
      if (!isReplyError(refused)) throw refused;
      return refused.message.startsWith(error)
        ? undefined
        : `${formatAddress(address)} answered '${refused.message}' ${how}`;
    }
  });
}
