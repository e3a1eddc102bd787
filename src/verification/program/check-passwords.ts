// Whether every door is locked: each Redis server's and each Sentinel's.
import { randomBytes } from 'node:crypto';
import { type Address, formatAddress } from './address.js';
import type { Context } from './checks.js';
import { Connection, isReplyError, withConnection } from './connection.js';
import { judgeEach } from './finding.js';
import { knownServers } from './survey.js';

/** Who gives no password gets nothing. */
export async function noPassword(context: Context): Promise<string> {
  const doors = await allDoors(context);
  await judgeEach(doors, (door) => refusal(door, ['PING'], 'NOAUTH', 'without a password'), {
    expected: "the error 'NOAUTH' from each",
    mend: "set requirepass there from the topology's Secret, by restarting the pod; look for who changed it",
  });
  return `refused on all ${doors.length} servers and Sentinels`;
}

/** Who gives a wrong password gets nothing. */
export async function wrongPassword(context: Context): Promise<string> {
  const doors = await allDoors(context);
  const wrong = randomBytes(16).toString('hex');
  await judgeEach(doors, (door) => refusal(door, ['AUTH', wrong], 'WRONGPASS', 'with a wrong password'), {
    expected: "the error 'WRONGPASS' from each",
    mend: "look at ACL LIST there: the default user must have the topology's password, not 'nopass'",
  });
  return `refused on all ${doors.length} servers and Sentinels`;
}

async function allDoors({ survey, settings }: Context): Promise<Address[]> {
  return [...knownServers(await survey()), ...settings.sentinels];
}

/** What is wrong with the answer, if anything. */
function refusal(
  address: Address,
  [command, ...args]: [string, ...string[]],
  error: string,
  how: string,
): Promise<string | undefined> {
  return withConnection(Connection.to(address), async (door) => {
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
