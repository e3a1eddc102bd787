import { Engine } from '../../src/engine/engine.js';
import { hasEngine } from '../../src/rehearsal/binaries.js';
import { promises } from './support/users-promises.js';

promises(Engine.valkey(), !hasEngine('valkey', process.env.PATH ?? ''));
