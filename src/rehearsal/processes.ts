import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process of this machine, as /proc shows it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** The name of the program, as the kernel keeps it (at most 15 characters). */
  readonly program: string;
}

/**
 * All living processes of a session, parents before their children: the leader first.
 *
 * Every container is started as the leader of its own session. The session, not the process group, stands for the
 * container: `timeout` puts what it runs into a group of its own, and would escape a kill by group.
 */
export function sessionMembers(session: number): ProcessInfo[] {
  return parentsFirst(processes().filter((found) => found.session === session));
}

/**
 * Parents before their children, so that the first `redis-server` is the server and not the child that writes its copy.
 * The numbers do not tell: the kernel begins again at the lowest ones.
 */
export function parentsFirst(members: readonly ProcessInfo[]): ProcessInfo[] {
  const known = new Map(members.map((member) => [member.pid, member]));
  const depth = (member: ProcessInfo): number => {
    const parent = known.get(member.parent);
    return parent ? 1 + depth(parent) : 0;
  };
  return [...members].sort((a, b) => depth(a) - depth(b) || a.pid - b.pid);
}

/** Kills a session, and asks again, as one of its processes may have forked in between. */
export function killSession(session: number): void {
  for (let round = 0; round < 10; round++) {
    const members = sessionMembers(session);
    if (members.length === 0) return;
    signalAll(members, 'SIGKILL');
  }
}

/** Sends a signal to each of these processes; one that has ended meanwhile is passed over. */
export function signalAll(members: readonly ProcessInfo[], signal: NodeJS.Signals): void {
  for (const { pid } of members) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended: nothing is left to be signalled.
    }
  }
}

/** Whether there is such a process; one that has ended and only waits for its parent to notice is none. */
export function isAlive(pid: number): boolean {
  return read(pid) !== undefined;
}

/** The processes that work inside a folder: how the remains of a rehearsal that was itself killed are recognised. */
export function processesInside(folder: string): ProcessInfo[] {
  return processes().filter(({ pid }) => {
    try {
      return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
    } catch {
      return false;
    }
  });
}

/**
 * Whether a process has a handler for SIGTERM. In a pod the container's first process is PID 1, and the kernel drops
 * a SIGTERM for which PID 1 has no handler: a shell without a `trap` sits there until the SIGKILL.
 */
export function handlesTerm(pid: number): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return ((BigInt(`0x${caught}`) >> 14n) & 1n) === 1n;
  } catch {
    return false;
  }
}

/** Starts a command as the leader of its own session, its output appended to a file, with no other environment. */
export function spawnSession(command: readonly string[], env: Record<string, string>, cwd: string, log: string) {
  const [program = '', ...args] = command;
  const output = openSync(log, 'a');
  return { child: spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', output, output] }), output };
}

/** Resolves with the exit code (128 + signal as a shell tells it; 127 when the program could not be started). */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ''] ?? 0)));
  });
}

const SIGNAL_NUMBERS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

function processes(): ProcessInfo[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (read(Number(name)) ?? []) : []));
}

function read(pid: number): ProcessInfo | undefined {
  try {
    return parse(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** `pid (program) state parent group session …`; the program's name may itself hold spaces and brackets. */
function parse(stat: string): ProcessInfo | undefined {
  const close = stat.lastIndexOf(')');
  const [state, parent, , session] = stat.slice(close + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  const program = stat.slice(stat.indexOf('(') + 1, close);
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), session: Number(session), program };
}
