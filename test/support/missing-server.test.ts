import { expect, it } from 'vitest';
import { startServer } from '../agent/support/engine.js';

it('a test whose server is not installed fails at once, and says which program is missing', async () => {
  await expect(startServer({ engine: 'not-installed' })).rejects.toThrow('not-installed-server ENOENT');
});
