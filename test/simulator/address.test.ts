import { describe, expect, it } from 'vitest';
import { type Address, readAddress, USUAL, writeAddress } from '../../src/simulator/address.js';

const FULL: Required<Address> = {
  profile: 'cache',
  yaml: 'servers: 5\n# 100 %, & "all"\n',
  seed: 17,
  rate: 50,
  confirmed: true,
  nodes: 5,
  zones: 2,
  acts: [
    { at: 9000, act: 'node-of-the-master-isolated' },
    { at: 12_000, act: 'cut:0:1' },
  ],
  awake: 8000,
  time: 9500,
  test: 'many',
  story: 'killed',
};

describe('an address', () => {
  it.each([
    ['all that there is', FULL],
    ['what is usual', USUAL],
  ] as const)('holds %s', (_, address) => {
    const { address: read, problems } = readAddress(`#${writeAddress(address)}`);
    expect(problems).toEqual([]);
    expect(read).toEqual(address);
  });

  it.each([
    ['seed=x', "'seed' must be a whole number from 0 to 999999999, got 'x'"],
    ['profile=fast', "'profile' must be strict, default, cache, got 'fast'"],
    ['load=0', "'load' must be a whole number from 1 to 2000, got '0'"],
    ['faults=explode@9000', /^there is no fault 'explode'; there are master-killed/],
    ['faults=master-killed', "'faults' must be FAULT@MS with commas between them, got 'master-killed'"],
    ['yaml=%', "'yaml' is not percent-encoded, got '%'"],
    ['faults=%@9000', "'faults' is not percent-encoded, got '%@9000'"],
  ])('with %s is told what is wrong, and the rest of it counts', (hash, problem) => {
    const { address, problems } = readAddress(`#zones=2&${hash}`);
    expect(address.zones).toBe(2);
    expect(problems).toHaveLength(1);
    if (typeof problem === 'string') expect(problems[0]).toBe(problem);
    else expect(problems[0]).toMatch(problem);
  });
});
