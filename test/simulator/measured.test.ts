import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agrees, extract, measuredOf } from '../../src/simulator/measured.js';
import committed from '../../src/simulator/measured.json' with { type: 'json' };
import { shape } from './support.js';

const run = (fault: string, writeOutage: number) => ({
  topology: { profile: 'strict' },
  fault,
  writeOutage,
  clientsIdle: 20,
  lost: 0,
  lostConfirmed: 0,
  wholeAfter: { healed: 1000 },
});

describe('what was measured on the cluster', () => {
  it('is the record of the fault suite (npm run docs)', () => {
    const report = readFileSync(new URL('../faults/measured/report.json', import.meta.url), 'utf8');
    expect(extract(JSON.parse(report))).toEqual(committed);
  });

  it('is the median of all runs', () => {
    const runs = [run('agent hangs', 100), run('agent hangs', 300), run('agent hangs', 200)];
    expect(extract(runs)).toMatchObject({
      'agent hangs': { strict: { runs: 3, gap: 200, ofTopology: 180, mostGap: 300, whole: 1000 } },
    });
  });

  it('leaves out runs with TLS, which is not simulated', () => {
    const runs = [run('agent hangs', 100), { ...run('agent hangs', 300), secured: true }];
    expect(extract(runs)).toMatchObject({ 'agent hangs': { strict: { runs: 1, gap: 100 } } });
  });

  it('is told only beside a topology such as it was measured on', () => {
    expect(measuredOf(shape('profile: strict'), 'master killed')?.runs).toBeGreaterThan(0);
    expect(measuredOf(shape('profile: strict\nservers: 5'), 'master killed')).toBeUndefined();
    expect(measuredOf(shape('failover: { downAfter: 1s }'), 'master killed')).toBeUndefined();
  });

  it.each([
    [100, 400, true],
    [100, 401, false],
    [4000, 5000, true],
    [4000, 5400, false],
    [5001, 4000, false],
  ])('%d ms simulated and %d ms measured agree: %s', (simulated, ofTopology, expected) => {
    const measured = { runs: 1, gap: 9999, ofTopology, mostGap: 9999, lost: 0, lostConfirmed: 0, whole: 0 };
    expect(agrees(simulated, measured)).toBe(expected);
  });
});
