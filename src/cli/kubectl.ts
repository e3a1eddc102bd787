import { spawn } from 'node:child_process';

/** The cluster and namespace that are asked. */
export interface KubectlProps {
  /** @default - that of the current context */
  readonly namespace?: string;
  /** @default - the current one */
  readonly context?: string;
}

export interface RunOptions {
  readonly stdin?: string;
  /** Ends the command when it is aborted. @default - nothing does */
  readonly signal?: AbortSignal;
  /** In ms. @default 30 s */
  readonly timeout?: number;
  /** Out of reach of the terminal's Ctrl-C, for what clears away. @default false */
  readonly undisturbed?: boolean;
  /** Told each line as it comes. @default - it is returned as a whole */
  readonly onLine?: (line: string) => void;
}

export interface Ended {
  /** Null where it was ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** No answer in time. */
  readonly late: boolean;
}

const TIMEOUT_MS = 30_000;

/** The user's own `kubectl`, with the user's own rights; `KUBECTL` names another. */
export class Kubectl {
  private readonly program = process.env.KUBECTL || 'kubectl';

  constructor(private readonly props: KubectlProps = {}) {}

  /** @throws Error with what kubectl said */
  async run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr, late } = await this.attempt(args, options);
    if (code === 0) return stdout;
    const said = late ? `no answer in ${(options.timeout ?? TIMEOUT_MS) / 1000} s` : spoken(stderr) || `status ${code}`;
    throw new Error(`kubectl ${args.slice(0, 2).join(' ')}: ${said}`);
  }

  /** Like `run`, but a failure is a result. */
  attempt(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const { stdin, signal, timeout = TIMEOUT_MS, undisturbed = false, onLine } = options;
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, [...this.place(), ...args], { detached: undisturbed });
      const stdout: string[] = [];
      const stderr: string[] = [];
      let late = false;
      let rest = '';
      const end = () => child.kill('SIGTERM');
      const timer = Number.isFinite(timeout)
        ? setTimeout(() => {
            late = true;
            child.kill('SIGKILL');
          }, timeout)
        : undefined;
      if (signal?.aborted) end();
      signal?.addEventListener('abort', end, { once: true });
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (!onLine) {
          stdout.push(chunk);
          return;
        }
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => stderr.push(chunk));
      const over = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
      };
      child.on('error', (error: NodeJS.ErrnoException) => {
        over();
        reject(error.code === 'ENOENT' ? this.missing() : error);
      });
      // kubectl may end before it has read everything; its exit code tells.
      child.stdin.on('error', () => {});
      child.on('close', (code) => {
        over();
        if (rest !== '') onLine?.(rest);
        resolve({ code, stdout: stdout.join(''), stderr: stderr.join(''), late });
      });
      child.stdin.end(stdin ?? '');
    });
  }

  private place(): string[] {
    const { namespace, context } = this.props;
    return [
      ...(context === undefined ? [] : ['--context', context]),
      ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ];
  }

  private missing(): Error {
    return new Error(`there is no program '${this.program}'; install kubectl, or name it in KUBECTL`);
  }
}

/** What it says to a person, without the lines of its library's own log: `E1126 19:56:52.235813 …`. */
function spoken(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^[EWIF]\d{4} /.test(line))
    .join('\n')
    .trim();
}
