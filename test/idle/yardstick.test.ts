import { expect, it } from 'vitest';
import { yardstick } from './yardstick.js';

it('is what a start of node takes of a processor, ms', () => {
  const ms = yardstick();
  expect(ms).toBeGreaterThan(5);
  expect(ms).toBeLessThan(2000);
});
