import { spawn } from 'node:child_process';
import { Dialogue } from './dialogue.js';
import type { KubeObject } from './objects.js';

export interface RunOptions {
  readonly stdin?: string;
  /** In ms. @default 60 s: no request of a test may hang for ever */
  readonly timeout?: number;
}

/** `kubectl` in one namespace. Every failure names the command and what it said. */
export class Kubectl {
  constructor(readonly namespace: string) {}

  async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(args, options);
    if (code !== 0)
      throw new Error(`kubectl ${args.join(' ')} (namespace ${this.namespace}) ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Like `run`, but a failure is a result. */
  attempt(
    args: readonly string[],
    { stdin, timeout = 60_000 }: RunOptions = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, this.inNamespace(args), { timeout, killSignal: 'SIGKILL' });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', reject);
      // kubectl may end before it has read everything; its exit code tells.
      child.stdin.on('error', () => {});
      child.on('close', (code, signal) => {
        const said = Buffer.concat(stderr).toString();
        const late = signal === 'SIGKILL' ? `no answer in ${timeout} ms; ` : '';
        resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: late + said });
      });
      child.stdin.end(stdin ?? '');
    });
  }

  async get<T extends KubeObject>(kind: string, name: string): Promise<T> {
    return JSON.parse(await this.run(['get', kind, name, '-o', 'json'])) as T;
  }

  async list<T extends KubeObject>(kind: string, selector?: string): Promise<T[]> {
    const filter = selector ? ['--selector', selector] : [];
    return (JSON.parse(await this.run(['get', kind, ...filter, '-o', 'json'])) as { items: T[] }).items;
  }

  apply(objects: readonly KubeObject[]): Promise<string> {
    return this.run(['apply', '-f', '-'], { stdin: listOf(objects) });
  }

  /** For what is too large for the annotation in which `apply` keeps a copy. */
  create(objects: readonly KubeObject[]): Promise<string> {
    return this.run(['create', '-f', '-'], { stdin: listOf(objects) });
  }

  /** Runs a command in a container; standard input is what `options.stdin` holds. */
  exec(pod: string, container: string, command: readonly string[], options: RunOptions = {}): Promise<string> {
    const interactive = options.stdin === undefined ? [] : ['-i'];
    return this.run(['exec', ...interactive, pod, '-c', container, '--', ...command], options);
  }

  /** A program in a container that answers each line of its standard input with a line. */
  dialogue(pod: string, container: string, command: readonly string[]): Dialogue {
    return new Dialogue(this.program, this.inNamespace(['exec', '-i', pod, '-c', container, '--', ...command]));
  }

  /** Everything a container has written since its last start. */
  logs(pod: string, container: string): Promise<string> {
    return this.run(['logs', pod, '-c', container, '--tail=-1']);
  }

  private get program(): string {
    return process.env.KUBECTL ?? 'kubectl';
  }

  private inNamespace(args: readonly string[]): string[] {
    return ['--namespace', this.namespace, ...args];
  }
}

function listOf(objects: readonly KubeObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}
