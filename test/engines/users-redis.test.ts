import { Engine } from '../../src/engine/engine.js';
import { promises } from './support/users-promises.js';

promises(Engine.redis());
