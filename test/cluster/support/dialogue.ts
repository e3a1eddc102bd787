import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** In ms: longer than an observer is patient with servers that do not answer. */
const PATIENCE = 20_000;

/**
 * A program that answers each line with a line. It is started when it is first asked something, and anew when it has
 * ended meanwhile: to start one for each question would take the processor from the servers that are watched.
 */
export class Dialogue {
  private child?: ChildProcessWithoutNullStreams;
  private settle?: (problem: Error | undefined, answer: string) => void;
  private previous: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly program: string,
    private readonly args: readonly string[],
  ) {}

  /** One question at a time. @throws when the program ends or is silent for `timeout` ms; it is killed then */
  ask(question = '', timeout = PATIENCE): Promise<string> {
    const answer = this.previous.then(() => this.exchange(question, timeout));
    this.previous = answer.catch(() => {});
    return answer;
  }

  private exchange(question: string, timeout: number): Promise<string> {
    this.child ??= this.start();
    const { child } = this;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle?.(this.problem(`no answer in ${timeout} ms`), ''), timeout);
      this.settle = (problem, answer) => {
        clearTimeout(timer);
        this.settle = undefined;
        if (!problem) return resolve(answer);
        this.child = undefined;
        child.kill('SIGKILL');
        reject(problem);
      };
      child.stdin.write(`${question}\n`);
    });
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn(this.program, this.args);
    const mine = () => this.child === child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    createInterface(child.stdout).on('line', (line) => mine() && this.settle?.(undefined, line));
    // It may end before it has read the question; its exit code tells.
    child.stdin.on('error', () => {});
    const ended = (how: string) => {
      if (!mine()) return;
      this.child = undefined;
      this.settle?.(this.problem(`${how}: ${said}`), '');
    };
    child.on('error', (error) => ended(error.message));
    child.on('close', (code, signal) => ended(`ended with ${code ?? signal}`));
    // A question keeps this process alive through its time-out; a program that waits for one does not.
    child.unref();
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as { unref?(): void }).unref?.();
    return child;
  }

  private problem(what: string): Error {
    return new Error(`${this.program} ${this.args.join(' ')}: ${what}`);
  }
}
