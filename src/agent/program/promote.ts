import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ask } from '../../client/connection.js';
import { serverInfo } from '../../client/info.js';
import { loginOf } from './accounts.js';
import { readCertificate } from './certificate.js';
import { writePrivate } from './files.js';
import { AGENT_LIMITS } from './know/link.js';
import { type Addresses, readKept } from './names.js';
import { Passwords, readSecret } from './passwords.js';
import { Notebook } from './remembered.js';
import type { AgentSettings } from './settings.js';
import { reachAll } from './transition.js';
import { announced, demandsOf, type Reach, Trust } from './trust.js';

const ASK_MS = 1000;

/**
 * A person's word that this pod's server is to be the master, although another may have newer data that is then lost. For the
 * two cases that are not decided by themselves: no server has data any more, which may be meant to last; or the last master
 * does not come back, and in a strict topology it is not certain who has every confirmed write.
 * @returns what was done
 * @throws Error - why nothing was done, in a person's words
 */
export async function promote(settings: AgentSettings): Promise<string> {
  const { runDir, keptDir, podName, redisPort } = settings;
  const addresses = readKept(settings);
  if (!addresses) throw new Error("the pod's agent has not found its addresses yet (see its log); nothing was done");
  const file = settings.passwordFile;
  const passwords = file === undefined ? Passwords.none() : Passwords.load(keptDir, readSecret(file));
  if (!passwords) throw new Error('there is no password yet; nothing was done');
  const reach = reachOf(settings, addresses);
  for (const host of announced(settings, addresses).servers) {
    const passwordsToTry = passwords.accepted === undefined ? [passwords.used] : [passwords.used, passwords.accepted];
    for (const password of passwordsToTry) {
      const outcome = await ask(
        { ...reach(host, redisPort), ...loginOf(settings, 'agent', password) },
        ['INFO', 'replication'],
        ASK_MS,
        AGENT_LIMITS,
      );
      const isMaster = outcome.kind === 'reply' && serverInfo(String(outcome.reply))?.role === 'master';
      if (isMaster) {
        throw new Error(
          `${host} is master: nothing to promote; for a planned switch delete its pod, the hand-over loses nothing`,
        );
      }
      if (outcome.kind !== 'denied') break;
    }
  }
  const isWaiting = existsSync(join(runDir, 'redis.waiting'));
  if (!isWaiting && !new Notebook(runDir).read().durable?.candidate) {
    throw new Error(
      'the server of this pod is not waiting to start, and no candidate (see the log of the agent); nothing was done',
    );
  }
  writePrivate(join(runDir, 'promote'), '');
  return `promote pod=${podName}: ordered; follow the log of this pod's agent`;
}

/** @throws Error - without a certificate that is sound nobody can be asked */
function reachOf(settings: AgentSettings, addresses: Addresses): Reach {
  const { tls, runDir, local } = settings;
  const plain: Reach = (host, port) => ({ host, port });
  if (!tls) return plain;
  const { value, fault } = readCertificate(tls.dir, demandsOf(settings, tls));
  if (!value) throw new Error(`tls: ${fault}; nothing was done`);
  const reach = reachAll(settings, new Trust({ tls, runDir, local }, value), addresses);
  return reach ?? plain;
}
