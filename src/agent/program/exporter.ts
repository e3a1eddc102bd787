import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { loginOf } from './accounts.js';
import { replaceFile } from './files.js';
import type { Passwords } from './passwords.js';
import type { AgentSettings } from './settings.js';
import { dialsTls } from './transition.js';

/** What has failed is tried again after that, ms. */
const AGAIN_MS = 1000;
const TIMEOUT_MS = 1000;
/** What this exporter reads its file again for. */
const RELOAD = '/-/reload';

/** The exporter ends where it has no file; with an empty map it says that its server cannot be asked, and stays. */
export function prepareExporter({ exporter }: AgentSettings, say: (line: string) => void): void {
  if (exporter && !existsSync(exporter.passwordsFile)) write(exporter.passwordsFile, '{}', say);
}

/**
 * Gives the exporter beside this agent the passwords in force, as the map from address to password that it reads, and has it
 * read them again after a change. It may be away at that time, or not listen yet: it is told until it has answered once.
 */
export class ExporterPasswords {
  private written?: string;
  /** It has not answered since the last change. */
  private owes = false;
  private triedAt = -Infinity;
  private asking = false;

  constructor(
    private readonly settings: AgentSettings,
    private readonly passwords: Passwords,
    private readonly sentinelPasswords: Passwords,
    private readonly say: (line: string) => void,
  ) {}

  /** @returns when to look again */
  tend(now: number): number {
    const { exporter } = this.settings;
    if (!exporter) return Infinity;
    const wanted = this.map();
    const isNew = wanted !== this.written;
    if ((isNew || this.owes) && now - this.triedAt >= AGAIN_MS) {
      this.triedAt = now;
      if (isNew && write(exporter.passwordsFile, wanted, this.say)) {
        this.written = wanted;
        this.owes = true;
      }
      if (this.owes) this.tell(exporter.port);
    }
    return isNew || this.owes ? this.triedAt + AGAIN_MS : Infinity;
  }

  private map(): string {
    const { local, redisPort, sentinelPort } = this.settings;
    const scheme = dialsTls(this.settings) ? 'rediss' : 'redis';
    const known = { [redisPort]: this.passwords.used, [sentinelPort]: this.sentinelPasswords.used };
    const entries = Object.entries(known).flatMap(([port, its]) => {
      const { user, password } = loginOf(this.settings, 'exporter', its);
      return password === undefined
        ? []
        : [[`${scheme}://${user === undefined ? '' : `${user}@`}${local}:${port}`, password]];
    });
    return JSON.stringify(Object.fromEntries(entries));
  }

  private tell(port: number): void {
    if (this.asking) return;
    this.asking = true;
    const { written } = this;
    const told = (done: boolean) => {
      this.asking = false;
      if (done && written === this.written) this.owes = false;
    };
    const request = get({ host: this.settings.local, port, path: RELOAD, timeout: TIMEOUT_MS, agent: false });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', () => told(false));
    request.once('response', (response) => {
      response.resume();
      told(response.statusCode === 200);
    });
  }
}

function write(path: string, text: string, say: (line: string) => void): boolean {
  try {
    replaceFile(path, text);
    return true;
  } catch {
    say(`error volume: ${path} cannot be written; the exporter asks with the passwords of before`);
    return false;
  }
}
