import { lookup } from 'node:dns/promises';
import { readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { replaceFile } from './files.js';
import type { AgentSettings } from './settings.js';

/** The addresses of Services, by ordinal: they outlive the pods. */
export interface Addresses {
  readonly servers: readonly string[];
  readonly sentinels: readonly string[];
}

/** In the pod's memory volume. */
const HOSTS = 'hosts';
const EVERY_MS = 500;
/** After so many rounds in vain, addresses that this pod found before are as good. */
const ROUNDS = 10;

export interface NamesProps {
  readonly settings: Pick<AgentSettings, 'servers' | 'sentinels' | 'runDir'>;
  waiting(reason: string): void;
  say(line: string): void;
  /** @default - the system's resolver */
  readonly resolve?: (name: string) => Promise<string>;
  /** @default 500 */
  readonly everyMs?: number;
}

/**
 * Waits until all names resolve, and keeps the addresses in the pod's memory volume: an agent that restarts while DNS is
 * away goes on with them.
 */
export async function locate(props: NamesProps): Promise<Addresses> {
  const { settings, resolve = address, everyMs = EVERY_MS } = props;
  const names = [...new Set([...settings.servers, ...settings.sentinels])];
  const found = new Map<string, string>();
  const asked = new Set<string>();
  const ask = async (name: string) => {
    if (asked.has(name) || found.has(name)) return;
    asked.add(name);
    // A name that does not resolve is asked for again; what resolves later counts too.
    await resolve(name).then(
      (its) => found.set(name, its),
      () => {},
    );
    asked.delete(name);
  };
  for (let round = 1; ; round++) {
    const pause = sleep(everyMs);
    await Promise.race([Promise.all(names.map(ask)), pause]);
    const missing = names.filter((name) => !found.has(name));
    if (missing.length === 0) break;
    const kept = round >= ROUNDS ? readKept(settings) : undefined;
    if (kept) {
      props.say(`names-unresolved using=kept-addresses names=${missing.join(',')}`);
      return kept;
    }
    props.waiting(
      `names do not resolve: ${missing.join(' ')} (is the Service there, does DNS answer, does the NetworkPolicy let DNS through?)`,
    );
    await pause;
  }
  const of = (list: readonly string[]) => list.map((name) => found.get(name) as string);
  const addresses = { servers: of(settings.servers), sentinels: of(settings.sentinels) };
  replaceFile(keptIn(settings), `${addresses.servers.join(' ')}\n${addresses.sentinels.join(' ')}\n`);
  return addresses;
}

async function address(name: string): Promise<string> {
  return isIP(name) !== 0 ? name : (await lookup(name)).address;
}

/**
 * For the containers of the engine, which have this file as their /etc/hosts: with TLS servers and Sentinels are announced by
 * names, and none of them must stand still for DNS. Written in place, since they have the very file.
 */
export function writeHosts({ servers, sentinels, runDir }: NamesProps['settings'], found: Addresses): void {
  const all = new Map([...pairs(servers, found.servers), ...pairs(sentinels, found.sentinels)]);
  const lines = [...all].filter(([name]) => isIP(name) === 0).map(([name, its]) => `${its} ${withoutDot(name)}`);
  const path = join(runDir, HOSTS);
  // Of a kubelet that was faster than this agent.
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmdirSync(path);
  writeFileSync(path, `${['127.0.0.1 localhost', '::1 localhost', ...lines].join('\n')}\n`, { mode: 0o644 });
}

function pairs(names: readonly string[], addresses: readonly string[]): [string, string][] {
  return names.map((name, place) => [name, addresses[place] as string]);
}

/** A name as a certificate holds it. */
export function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}

/** What this pod found before, if it was for as many names. */
export function readKept(settings: NamesProps['settings']): Addresses | undefined {
  try {
    const [servers = [], sentinels = []] = readFileSync(keptIn(settings), 'utf8')
      .split('\n')
      .map((line) => line.split(' ').filter((word) => isIP(word) !== 0));
    const fits = servers.length === settings.servers.length && sentinels.length === settings.sentinels.length;
    return fits ? { servers, sentinels } : undefined;
  } catch {
    return undefined;
  }
}

function keptIn({ runDir }: Pick<AgentSettings, 'runDir'>): string {
  return join(runDir, 'located');
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
