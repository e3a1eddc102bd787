import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, MAIN, type Run } from '../command.js';

interface Answer {
  readonly out?: string;
  readonly err?: string;
  readonly code?: number;
  readonly hang?: true;
}

/** Answers of the stand-in for kubectl, by the first words of a call: the first that fits. */
export type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

export interface Call {
  readonly words: readonly string[];
  readonly stdin?: string;
}

/** The command beside a stand-in for kubectl. */
export class StandIn {
  readonly folder: string;

  constructor(answers: Answers, files: Readonly<Record<string, string>> = {}) {
    this.folder = folderWith({ ...files, 'answers.json': JSON.stringify(answers) });
  }

  get calls(): Call[] {
    const file = join(this.folder, 'calls');
    if (!existsSync(file)) return [];
    // What follows the last line's end is being written: nothing yet, or a part of a call.
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  get environment(): Record<string, string> {
    return {
      KUBECTL: join(import.meta.dirname, 'kubectl.cjs'),
      ANSWERS: join(this.folder, 'answers.json'),
      CALLS: join(this.folder, 'calls'),
    };
  }

  start(...words: string[]) {
    const env = { ...process.env, ...this.environment };
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: this.folder, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise<Run>((resolve) => {
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    });
    return { child, ended, printed: () => stdout };
  }

  run(...words: string[]): Promise<Run> {
    return this.start(...words).ended;
  }

  /** What is called later. */
  set answers(answers: Answers) {
    writeFileSync(join(this.folder, 'answers.json'), JSON.stringify(answers));
  }
}
