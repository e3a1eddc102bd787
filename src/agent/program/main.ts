import { Accounts, listedUsers } from './accounts.js';
import { Agent } from './agent.js';
import { isOf, readCertificate } from './certificate.js';
import { Clock } from './clock.js';
import { Door } from './door.js';
import { prepareExporter } from './exporter.js';
import { formsOf } from './forms.js';
import { Held } from './http/held.js';
import { metrics, metricsBefore } from './http/metrics.js';
import { whyNotReady } from './http/readiness.js';
import { type Pages, serveHttp } from './http/server.js';
import { planOf } from './know/plan.js';
import { RoomGauge } from './know/room.js';
import { ListedPasswords } from './listed-passwords.js';
import { say, Waiting } from './log.js';
import { locate, writeHosts } from './names.js';
import { NO_SECRET, Passwords, readSecret } from './passwords.js';
import { promote } from './promote.js';
import { type AgentSettings, readSettings } from './settings.js';
import { status } from './status.js';
import { dialsTls, insideOf, reachAll } from './transition.js';
import { announced, demandsOf, Trust } from './trust.js';

/** A Secret that comes after the pods is looked for so often, ms. */
const SECRET_AGAIN_MS = 500;
/** Decisions are taken once a second at least: beyond it something is wrong with the agent, ms. */
const STUCK_MS = 30_000;

/** What an engine is whose door is not open: a moment after its start, or of this agent's. */
const CLOSED = { reason: 'nobody is led to it yet', certain: false };

const USAGE = 'usage: agent.cjs [promote|status]';

async function main(words: readonly string[]): Promise<void> {
  const settings = readSettings(process.env);
  if (words.length === 0) return run(settings);
  if (words.length > 1 || !['promote', 'status'].includes(words[0] ?? '')) {
    throw new Error(`${USAGE}, got '${words.join(' ')}'`);
  }
  if (words[0] === 'promote') say(await promote(settings));
  else process.stdout.write(await status(settings));
}

async function run(settings: AgentSettings): Promise<void> {
  prepareExporter(settings, say);
  const clock = new Clock();
  const waiting = new Waiting(() => clock.realNow());
  const held = new Held();
  let agent: Agent | undefined;
  const start = { hasNames: false };
  const doors: Door[] = [];
  const volume = settings.hasServer && settings.persistent ? new RoomGauge(settings.dataDir) : undefined;
  const all = pages(clock, waiting, { start, volume, doors, transition: settings.tls?.transition?.stage }, () => agent);
  await serveHttp({ port: settings.agentPort, bind: settings.bind, pages: all, held });
  const findAll = () => locate({ settings, say, waiting: (reason) => waiting.because('agent', reason) });
  // With TLS the containers behind this one wait for the names.
  const early = settings.tls && (await findAll());
  if (early) writeHosts(settings, early);
  start.hasNames = true;
  const passwords = await awaitPassword(settings, settings.passwordFile, 'passwords', waiting);
  const sentinelPasswords = await awaitSentinelPassword(settings, passwords, waiting);
  const trust = await awaitCertificate(settings, waiting);
  const addresses = early ?? (await findAll());
  waiting.over('agent');
  const planned = announced(settings, addresses);
  const plan = planOf(settings, planned);
  const forms = formsOf(settings, addresses, planned);
  const reach = reachAll(settings, trust, addresses);
  const { users, keptDir } = settings;
  const listed = users && new ListedPasswords(keptDir, users.dir, listedUsers(settings));
  const accounts = new Accounts(settings, passwords, listed);
  agent = new Agent(
    {
      settings,
      plan,
      passwords,
      sentinelPasswords,
      trust,
      reach,
      forms,
      accounts,
      listed,
      clock,
      say,
      changed: () => agent?.changed(),
      unchanged: () => agent?.unchanged(),
    },
    waiting,
    () => held.look(),
  );
  say(
    `watching-over me=${plan.me} ordinal=${plan.ordinal} parts=${settings.hasServer ? 'server' : ''}${settings.hasSentinel ? ' sentinel' : ''}`,
  );
  agent.start();
  doors.push(...doorsOf(settings, agent));
  for (const door of doors) door.start();
}

/** In a transition of TLS the agent takes the connections of its pod's engines. */
function doorsOf(settings: AgentSettings, agent: Agent): Door[] {
  const { bind, redisPort, sentinelPort, hasServer, hasSentinel, downAfter: staleMs } = settings;
  const common = { bind, staleMs, say, stalled: () => agent.stalled() };
  const door = (of: 'redis' | 'sentinel', port: number) => {
    const inside = insideOf(settings, of);
    return inside ? [new Door({ ...common, of, port, inside, mayOpen: () => agent.mayBeReached(of) })] : [];
  };
  return [...(hasServer ? door('redis', redisPort) : []), ...(hasSentinel ? door('sentinel', sentinelPort) : [])];
}

async function awaitSentinelPassword(
  settings: AgentSettings,
  passwords: Passwords,
  waiting: Waiting,
): Promise<Passwords> {
  const { sentinelPassword: own } = settings;
  if (own === 'same') return passwords;
  return awaitPassword(settings, own === 'none' ? undefined : own.file, 'sentinel-passwords', waiting);
}

async function awaitPassword(
  settings: AgentSettings,
  file: string | undefined,
  name: 'passwords' | 'sentinel-passwords',
  waiting: Waiting,
): Promise<Passwords> {
  if (file === undefined) return Passwords.none();
  for (;;) {
    const secret = readSecret(file);
    const passwords = Passwords.load(settings.keptDir, secret, name);
    if (passwords) return passwords;
    waiting.because(
      'agent',
      secret.missing ? NO_SECRET : `password: ${secret.fault}`,
      secret.missing ? 'waiting' : 'error',
    );
    await new Promise((resolve) => setTimeout(resolve, SECRET_AGAIN_MS));
  }
}

/** Nothing is started before: it would serve nobody, and never is anything served without TLS in its place. */
async function awaitCertificate(settings: AgentSettings, waiting: Waiting): Promise<Trust | undefined> {
  const { tls, runDir, local } = settings;
  if (!tls) return undefined;
  for (;;) {
    const { value, fault = '', missing } = readCertificate(tls.dir, demandsOf(settings, tls));
    if (value) {
      const isBlind = settings.exporter !== undefined && dialsTls(settings) && !isOf(value, local);
      if (isBlind)
        say(`error certificate: it does not hold ${local}, so the exporter of this pod cannot ask its server`);
      return new Trust({ tls, runDir, local }, value);
    }
    waiting.because('agent', `tls: ${fault}`, missing ? 'waiting' : 'error');
    await new Promise((resolve) => setTimeout(resolve, SECRET_AGAIN_MS));
  }
}

function pages(
  clock: Clock,
  waiting: Waiting,
  {
    start,
    volume,
    doors,
    transition,
  }: {
    readonly start: { readonly hasNames: boolean };
    readonly volume?: RoomGauge;
    readonly doors: readonly Door[];
    /** How far TLS is turned on or off. */
    readonly transition?: string;
  },
  running: () => Agent | undefined,
): Pages {
  const notYet = () => waiting.reasons.get('agent')?.reason ?? 'the agent is starting';
  return {
    livez() {
      const agent = running();
      const late = agent ? clock.realNow() - agent.decidedAt : 0;
      return late > STUCK_MS ? `no decision for ${Math.round(late / 1000)} s` : undefined;
    },
    startedz: () => (start.hasNames ? undefined : notYet()),
    readyz(of) {
      const agent = running();
      if (!agent) return { reason: notYet(), certain: false };
      const reason = whyNotReady(of, agent.known, agent.memory, clock.now());
      const door = doors.find((one) => one.of === (of === 'sentinel' ? of : 'redis'));
      return reason ?? (door?.isOpen === false ? CLOSED : undefined);
    },
    proxyAsks(of) {
      if (of === 'master') running()?.askedByProxy();
    },
    metrics() {
      const agent = running();
      const room = volume?.read();
      if (!agent) return metricsBefore(waiting.reasons, clock.realNow());
      const { known, memory, decision, tally, renewal } = agent;
      const certificate = renewal?.status;
      return metrics({
        known,
        memory,
        decision,
        tally,
        clock,
        certificate,
        waiting: waiting.reasons,
        room,
        now: clock.now(),
      });
    },
    status() {
      const agent = running();
      if (!agent) return { waiting: waiting.all() };
      const { known, memory, decision } = agent;
      const { why, needs, waiting: server } = decision ?? {};
      const password = agent.passwordChanges.map((change) => change.why).join('; ') || 'there is none';
      return {
        now: clock.now(),
        waiting: waiting.all(server),
        why: { ...why, password },
        transition,
        ...(doors.length > 0 && { doors: Object.fromEntries(doors.map((door) => [door.of, door.status])) }),
        ...(agent.renewal && { certificate: agent.renewal.status }),
        passwords: agent.passwordStates,
        needs,
        known,
        memory,
      };
    },
  };
}

/** The kubelet starts the agent again; what runs meanwhile is not disturbed. */
function fail(error: unknown): never {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const [, where = ''] = stack.split('\n');
  say(`error ${message} ${where.trim()}`);
  process.exit(1);
}

// The agent is the last of its pod to be told: nothing of its engines runs any more.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
main(process.argv.slice(2)).catch((error: Error) => {
  say(`error ${error.message}`);
  process.exit(1);
});
