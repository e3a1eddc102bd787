import { OLDEST_VERSION } from '../engine/engine.js';
import type { Settings } from './settings.js';
import type { Violation } from './violation.js';

export function* engineRules({ engine }: Settings): Generator<Violation> {
  const oldest = OLDEST_VERSION[engine.kind];
  if (!/^\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(engine.version)) {
    yield {
      path: ['engine', 'version'],
      message: `'engine' must name a version such as ${oldest}.0, from which its abilities are known, got '${engine.version}': give the number, and the exact image with 'digest'`,
    };
  } else if (!engine.isAtLeast(oldest)) {
    yield {
      path: ['engine', 'version'],
      message: `'engine' must be ${engine.kind} ${oldest} or newer, as the scripts are made for and tried with those, got ${engine.version}: choose a newer version`,
    };
  }
  if (!/^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?$/.test(engine.image) || /:[^/]*$/.test(engine.image)) {
    yield {
      path: ['engine', 'image'],
      message: `'engine.image' must be an image without a tag or digest, as the version is the tag, got '${engine.image}': write it as 'registry.example/library/${engine.kind}'`,
    };
  }
  if (engine.digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(engine.digest)) {
    yield {
      path: ['engine', 'digest'],
      message: `'engine.digest' must be 'sha256:' and 64 lower-case hexadecimal digits, got '${engine.digest}': copy the digest that the registry shows, or leave it out`,
    };
  }
}
