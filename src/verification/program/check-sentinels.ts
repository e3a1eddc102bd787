// Whether the Sentinels are the ones that the topology has, and of one mind.

import { formatAddress } from './address.js';
import type { Context } from './checks.js';
import { listed, Unknown, Unsound } from './finding.js';
import { downFlags, mastersOf, type SentinelAnswers, type Survey } from './survey.js';

type Answered = { readonly address: string; readonly view: SentinelAnswers };

/** Every Sentinel answers, and all name one address as the master. */
export async function sentinelsAgree({ survey }: Context): Promise<string> {
  const seen = await survey();
  const answered = answers(seen);
  const silent = seen.sentinels.flatMap(({ address, failure }) => (failure ? [`${address} (${failure})`] : []));
  if (silent.length > 0) {
    throw new Unsound(
      `no answer from ${listed(silent)}`,
      `an answer from each of the ${seen.sentinels.length} Sentinels, as at readiness`,
      'look at the logs of these Sentinels, and at network policies between them and this Job',
    );
  }
  const masters = mastersOf(seen);
  if (masters.length !== 1) {
    throw new Unsound(
      answered.map(({ address, view }) => `${address} names ${view.named}`).join(', '),
      'one master named by all Sentinels',
      'unless a failover is under way, compare SENTINEL MASTER and the epochs on these Sentinels; restart the one in the minority',
    );
  }
  return `all ${answered.length} answer, and name ${masters[0]}`;
}

/** Each Sentinel knows all the others and no one else, and sees them up. */
export async function sentinelMesh({ survey }: Context): Promise<string> {
  const answered = answers(await survey());
  const byId = new Map(answered.map(({ address, view }) => [view.id, address]));
  const faults = answered.flatMap(({ address, view }) => {
    const others = view.otherSentinels;
    const ghosts = others.filter(({ id }) => !byId.has(id)).map((one) => `ghost ${formatAddress(one)} (id ${one.id})`);
    const down = others
      .filter((one) => byId.has(one.id) && downFlags(one) !== '')
      .map((one) => `${formatAddress(one)} ${downFlags(one)}`);
    const known = new Set(others.map(({ id }) => id));
    const unknown = answered
      .filter((one) => one.view.id !== view.id && !known.has(one.view.id))
      .map((one) => `not ${one.address}`);
    const wrong = [...ghosts, ...down, ...unknown];
    return wrong.length === 0 ? [] : [`${address} sees ${listed(wrong)}`];
  });
  if (byId.size < answered.length) faults.push(`${answered.length} addresses lead to ${byId.size} different Sentinels`);
  if (faults.length > 0) {
    throw new Unsound(
      faults.join('; '),
      `${answered.length} different Sentinels, each seeing the ${answered.length - 1} others up and no one else`,
      'a ghost raises the majority that a failover needs: give each Sentinel its fixed id and address, and restart those that ' +
        'see the ghost one by one, each from a freshly rendered configuration',
    );
  }
  return `each sees the ${answered.length - 1} others up, and no ghost`;
}

/** The quorum is the topology's on every Sentinel, and can be reached. */
export async function quorum({ survey, settings }: Context): Promise<string> {
  const answered = answers(await survey());
  const different = answered.filter(({ view }) => view.quorum !== settings.quorum);
  if (different.length > 0) {
    throw new Unsound(
      different.map(({ address, view }) => `quorum ${view.quorum} on ${address}`).join(', '),
      `quorum ${settings.quorum} on each Sentinel`,
      `SENTINEL SET ${settings.masterName} quorum ${settings.quorum} there, and look for who changed it`,
    );
  }
  const unreachable = answered.filter(({ view }) => !view.checkedQuorum.startsWith('OK'));
  if (unreachable.length > 0) {
    throw new Unsound(
      unreachable
        .map(({ address, view }) => `SENTINEL CKQUORUM on ${address} answered '${view.checkedQuorum}'`)
        .join(', '),
      "'OK ...' from each Sentinel",
      'bring the Sentinels back that it does not reach: no failover is possible until then',
    );
  }
  return `${settings.quorum} of ${answered.length} on each, and CKQUORUM is OK`;
}

/** The Sentinels that answered; that others did not is sentinelsAgree's finding. */
function answers(survey: Survey): Answered[] {
  const answered = survey.sentinels.flatMap(({ address, view }) => (view ? [{ address, view }] : []));
  if (answered.length === 0) throw new Unknown('no Sentinel answers any more');
  return answered;
}
