import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLS_FILES } from '../kube/tls-volume.js';
import { type AddressBlock, claimAddresses, nameOf } from './addresses.js';
import { type Binaries, type EngineName, gatherBinaries } from './binaries.js';
import { Authority } from './certificates.js';
import { type KubernetesObject, type PodPlan, RehearsedManifest } from './manifest.js';
import { Modules } from './modules.js';
import type { RehearsalOptions } from './options.js';
import { Pod } from './pod.js';
import { REHEARSAL_USER, type SecretValue } from './pod-files.js';
import { FOLDER_PREFIX, own, sweep } from './sweep.js';
import type { Sites } from './view.js';

/** A manifest made ready to run on this machine. */
export interface Assembly {
  readonly manifest: RehearsedManifest;
  readonly folder: string;
  readonly block: AddressBlock;
  readonly engine: EngineName;
  readonly binaries: Binaries;
  readonly notes: string[];
  /** By name; servers first, then separate Sentinels. */
  readonly pods: ReadonlyMap<string, Pod>;
  /** The pod of the verification Job. */
  verification?: Pod;
  readonly sites: Sites;
  readonly secret: SecretValue;
  /** Of the rehearsal's own certificate; undefined where there is none, or it is the manifest's. */
  readonly authority?: Authority;
  /**
   * Has an authority issue another certificate.
   * @throws Error - where the certificate is the manifest's
   */
  renewCertificate(by?: Authority, trusted?: readonly Authority[], days?: number): void;
  /** Other objects of the same pods are applied: each pod is theirs once it is made anew. */
  apply(objects: readonly KubernetesObject[]): void;
  /** Makes that pod, which is down, anew from what is applied. */
  remake(name: string): void;
}

/** Servers have the hosts 1, 2, 3, … of the block of addresses; separate Sentinels and the Job are well apart. */
const FIRST_SENTINEL_HOST = 101;
const VERIFICATION_HOST = 201;

export async function assemble(objects: readonly KubernetesObject[], options: RehearsalOptions): Promise<Assembly> {
  sweep();
  const manifest = new RehearsedManifest(objects);
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  let block: AddressBlock | undefined;
  try {
    own(folder);
    block = await claimAddresses([...hostsOf(manifest).values()], Object.values(portsOf(manifest)));
    return assembleIn(folder, block, manifest, options);
  } catch (error) {
    block?.release();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function assembleIn(
  folder: string,
  block: AddressBlock,
  manifest: RehearsedManifest,
  options: RehearsalOptions,
): Assembly {
  const wanted = manifest.declared('ENGINE', 'redis') as EngineName;
  const {
    engine = wanted,
    shell = 'system',
    searchPath = process.env.PATH ?? '',
    backoffMs = [0, 1000],
    named,
  } = options;
  const binaries = gatherBinaries(join(folder, 'bin'), engine, shell, searchPath);
  const hosts = hostsOf(manifest);
  const addressOf = (pod: string) => block.address(hosts.get(pod) ?? VERIFICATION_HOST);
  const hostOf = (pod: string) => (named ? nameOf(addressOf(pod)) : addressOf(pod));
  const overrides: Record<string, string> = engine === wanted ? {} : { ENGINE: engine };
  const secret: SecretValue = { standIn: randomBytes(18).toString('base64url'), changed: new Map() };
  let authority: Authority | undefined;
  const renewCertificate = (by = authority, trusted = by && [by], days?: number) => {
    if (!by || !trusted) throw new Error('there is no certificate of the rehearsal’s own to be renewed');
    const names = [...hosts.keys()].flatMap((host) => [`IP:${addressOf(host)}`, `DNS:${nameOf(addressOf(host))}`]);
    secret.certificate = { ...by.issue({ names, days }), ca: trusted.map(({ certificate }) => certificate).join('') };
  };
  const makeCertificate = ({ missingCertificate }: RehearsedManifest) => {
    if (authority || missingCertificate === undefined) return;
    authority = new Authority();
    renewCertificate();
  };
  makeCertificate(manifest);
  let applied = manifest;
  const modules = new Modules(options.modulePath);
  const settings = { ...binaries, secret, modules, backoffMs };
  const build = (plan: PodPlan) =>
    new Pod(
      { plan, manifest: applied, address: addressOf(plan.name), addressOf, hostOf, overrides },
      join(folder, plan.name),
      settings,
    );

  const { servers, separateSentinels, sentinels, verification } = manifest;
  const pods = new Map([...servers, ...separateSentinels].map((plan) => [plan.name, build(plan)]));
  const isWithUsers = (pod: string | undefined) => hasUsers(pods.get(pod ?? '')?.context.manifest ?? applied);
  const passwordIn = (part: 'server' | 'sentinel', first?: string) =>
    isWithUsers(first) ? secret.standIn : passwordOf([pods.get(first ?? ''), ...pods.values()], part);
  return {
    manifest,
    folder,
    block,
    engine,
    binaries,
    pods,
    secret,
    get authority() {
      return authority;
    },
    renewCertificate,
    apply(objects) {
      applied = new RehearsedManifest(objects);
      makeCertificate(applied);
      this.verification = applied.verification && build(applied.verification);
    },
    remake(name) {
      const plan = [...applied.servers, ...applied.separateSentinels].find((one) => one.name === name);
      if (plan) pods.set(name, build(plan));
    },
    notes: [...notesOn(manifest, wanted, engine, binaries.version), ...modules.notesOn(manifest.serverConfiguration)],
    verification: verification && build(verification),
    sites: {
      masterName: manifest.declared('MASTER_NAME', 'mymaster'),
      ...portsOf(manifest),
      servers: servers.map(({ name }) => name),
      sentinels: sentinels.map(({ name }) => name),
      addressOf,
      get password() {
        return passwordIn('server');
      },
      get tls() {
        return tlsOf(pods.values());
      },
      tlsOf: (pod) => (speaksTls(pods.get(pod)) ? tlsOf(pods.values()) : undefined),
      podAt: (host) => [...hosts.keys()].find((pod) => [addressOf(pod), nameOf(addressOf(pod))].includes(host)),
      get sentinelPassword() {
        return passwordIn('sentinel');
      },
      get user() {
        return isWithUsers(undefined) ? REHEARSAL_USER : undefined;
      },
      userOf: (pod) => (isWithUsers(pod) ? REHEARSAL_USER : undefined),
      passwordOf: (pod, part) => passwordIn(part, pod),
      ready: async (pod) => (await pods.get(pod)?.probe('readiness')) ?? false,
    },
  };
}

function hasUsers(manifest: RehearsedManifest): boolean {
  return manifest.declared('USERS_DIR', '') !== '';
}

function hostsOf({ servers, separateSentinels }: RehearsedManifest): Map<string, number> {
  return new Map([
    ...servers.map(({ name }, ordinal): [string, number] => [name, 1 + ordinal]),
    ...separateSentinels.map(({ name }, ordinal): [string, number] => [name, FIRST_SENTINEL_HOST + ordinal]),
  ]);
}

function portsOf(manifest: RehearsedManifest) {
  const port = (name: string, usual: string) => Number(manifest.declared(name, usual));
  return {
    redisPort: port('REDIS_PORT', '6379'),
    sentinelPort: port('SENTINEL_PORT', '26379'),
    agentPort: port('AGENT_PORT', '8379'),
  };
}

/** As it stands in the file of the first pod that has been started, so that a changed Secret is followed. */
function passwordOf(pods: Iterable<Pod | undefined>, part: 'server' | 'sentinel'): string | undefined {
  const containers = [...pods].flatMap((pod) => pod?.containers ?? []);
  const files = containers.map(({ plan: { env } }) =>
    part === 'sentinel' ? (env.SENTINEL_PASSWORD_FILE ?? env.PASSWORD_FILE) : env.PASSWORD_FILE,
  );
  const file = files.find((path) => path !== undefined && existsSync(path));
  return file && readFileSync(file, 'utf8').replace(/\n+$/, '');
}

/** Whether the agent of that pod connects with TLS: not while it is first turned on, or last turned off. */
function speaksTls(pod: Pod | undefined): boolean {
  return (pod?.containers ?? []).some(
    ({ plan: { env } }) => env.TLS_DIR !== undefined && env.TLS_TRANSITION !== 'accept',
  );
}

/** By the files of the first pod that has been started. */
function tlsOf(pods: Iterable<Pod>): Sites['tls'] {
  for (const { containers } of pods) {
    const dir = containers.find(({ plan: { env } }) => env.TLS_DIR !== undefined)?.plan.env.TLS_DIR;
    if (dir === undefined || !existsSync(join(dir, TLS_FILES.ca))) continue;
    const [ca, cert, key] = [TLS_FILES.ca, TLS_FILES.certificate, TLS_FILES.key].map((file) =>
      readFileSync(join(dir, file), 'utf8'),
    );
    return { ca, cert, key };
  }
  return undefined;
}

function notesOn(manifest: RehearsedManifest, wanted: EngineName, engine: EngineName, version: string): string[] {
  const missing = [
    ...manifest.missingSecrets.map(
      (secret) => `Secret '${secret}' is not in the manifest: a random password stands in for it`,
    ),
    ...(manifest.missingCertificate === undefined
      ? []
      : [
          `Secret '${manifest.missingCertificate}' is not in the manifest: a certificate made for this run stands in for it`,
        ]),
    ...(manifest.hasExporters ? ['the exporters are left out'] : []),
  ];
  if (engine === wanted) return missing;
  const instead = `THE ENGINE IS ${wanted.toUpperCase()}, BUT THIS RUNS ON ${engine.toUpperCase()} ${version}`;
  return [`${instead}: it proves nothing about ${wanted}`, ...missing];
}
