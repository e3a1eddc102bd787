import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import program from 'program:verification/program/verify.ts';
import type { Report } from '../../src/verification/program/report.js';
import type { ProgramSettings } from '../../src/verification/program/settings.js';
import { own } from '../support/own-processes.js';

export interface Outcome {
  readonly code: number | null;
  /** Standard output without the report. */
  readonly lines: readonly string[];
  readonly report: Report;
}

/** The environment that the Job gives the program. */
export function environment(settings: ProgramSettings, passwordFile: string): Record<string, string> {
  return {
    TOPOLOGY: settings.topology,
    MASTER_NAME: settings.masterName,
    SENTINEL_ADDRESSES: settings.sentinels.map(({ host, port }) => `${host}:${port}`).join(','),
    EXPECTED_SERVERS: String(settings.servers),
    EXPECTED_SENTINELS: String(settings.sentinels.length),
    EXPECTED_QUORUM: String(settings.quorum),
    EXPECTED_MIN_REPLICAS: String(settings.minReplicas),
    EXPECTED_MAX_LAG: String(settings.maxLagSeconds),
    READY_TIMEOUT: String(settings.readyTimeoutSeconds),
    PASSWORD_FILE: passwordFile,
    ...(settings.drill && {
      MODE: settings.drill.mode,
      DRILL_LIMIT: String(settings.drill.limitSeconds),
      DRILL_WRITERS: String(settings.drill.writers),
    }),
  };
}

/** Runs the bundled program, byte for byte as the Job does, with only this environment. */
export async function runProgram(
  settings: ProgramSettings,
  overrides: Record<string, string | undefined> = {},
  during?: (kill: (signal: NodeJS.Signals) => void) => void,
  /** Told each line as it comes. */
  told: (line: string) => void = () => {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  try {
    const passwordFile = join(folder, 'password');
    const file = join(folder, 'verify.cjs');
    writeFileSync(passwordFile, `${settings.password}\n`);
    writeFileSync(file, program);
    const env = { ...environment(settings, passwordFile), ...overrides };
    const child = own(spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: 50_000 }));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      for (const line of text.trimEnd().split('\n')) told(line);
    });
    during?.((signal) => child.kill(signal));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const lines = output.trimEnd().split('\n');
    return { code, lines: lines.slice(0, -1), report: JSON.parse(lines.at(-1) ?? '') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
