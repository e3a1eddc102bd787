import type { Finding, PasswordRow } from './judgement.js';
import type { PodSeen } from './observe.js';

/** As an agent calls it. */
const ONE = 'one password';
const NONE = 'no password';

/** Where each change of a password stands, by whose it is; what the pods say, each with those that say it. */
export function passwordRows(pods: readonly PodSeen[]): PasswordRow[] {
  const rows = new Map<string, Map<string, string[]>>();
  for (const { name, agent } of pods) {
    for (const [of, state] of Object.entries(agent?.passwords ?? {})) {
      const states = rows.get(of) ?? new Map<string, string[]>();
      states.set(state, [...(states.get(state) ?? []), name]);
      rows.set(of, states);
    }
  }
  return [...rows].map(([of, states]) => ({ of, states: [...states].map(([state, its]) => ({ state, pods: its })) }));
}

/** Those of which a change is under way: a pod knows more than one. */
export function changing(rows: readonly PasswordRow[]): PasswordRow[] {
  return rows.filter(({ states }) => states.some(({ state }) => state !== ONE));
}

export function* passwordFindings(rows: readonly PasswordRow[]): Generator<Finding> {
  for (const { of, states } of rows) {
    const { pods = [] } = states.find(({ state }) => state === NONE) ?? {};
    if (pods.length === 0) continue;
    yield {
      kind: 'wrong',
      what: `nobody can log in as '${of}' on ${pods.join(', ')}: there is no password of it`,
      mend: `give the user's Secret its key; kubectl logs ${pods[0]} -c agent | grep user-password says what is wrong`,
    };
  }
}
