import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Where the official image has them, and Debian's packages. */
const MODULE_PATH = ['/usr/local/lib/redis/modules', '/usr/lib/redis/modules'].join(delimiter);

const LINE = /^loadmodule (\S+)(.*)\n?/gm;

/** The modules of a server, which its image has in one place and this machine in another, or not at all. */
export class Modules {
  /** @param path folders, as a PATH */
  constructor(private readonly path = MODULE_PATH) {}

  /** Where this machine has the module that the image has there; undefined where it has none of that name. */
  find(module: string): string | undefined {
    const name = basename(module);
    return this.path
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find((file) => existsSync(file));
  }

  /** A `redis.conf` that loads what is here, and leaves out what is not. */
  here(configuration: string): string {
    return configuration.replace(LINE, (_, module: string, words: string) => {
      const file = this.find(module);
      return file === undefined ? '' : `loadmodule ${file}${words}\n`;
    });
  }

  /** What is to be said to people of what such a configuration loads. */
  notesOn(configuration: string): string[] {
    return [...configuration.matchAll(LINE)].map(([, module = '']) => {
      const file = this.find(module);
      const name = basename(module);
      return file === undefined
        ? `THE MODULE ${name} IS NOT ON THIS MACHINE: the servers run without it, which proves nothing about it`
        : `module ${name} is this machine's: ${file}`;
    });
  }
}
