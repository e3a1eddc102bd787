import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { own } from '../support/own-processes.js';

const PROGRAM = join(import.meta.dirname, '../../build/simulate.js');
/** What is promised under each of them holds. (`beyond` goes beyond that: `npm run simulate -- --severity beyond`.) */
const SCHEDULES = { few: 4000, many: 6000 } as const;

function simulate(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    own(
      execFile(process.execPath, [PROGRAM, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` });
      }),
    );
  });
}

it.each(Object.entries(SCHEDULES))(
  'nothing happens that never must, with %s faults in %i schedules',
  async (severity, schedules) => {
    const { code, output } = await simulate('--seeds', `1..${schedules}`, '--severity', severity);
    console.log(output.trimEnd().split('\n').at(-1));
    expect(output).toContain(`${schedules} schedules, `);
    expect(output).toMatch(/ 0 violations\n$/);
    expect(code).toBe(0);
  },
);

it('a seed is the same schedule each time, event for event', async () => {
  const [one, other] = await Promise.all([simulate('--explain', '42'), simulate('--explain', '42')]);
  expect(one.code).toBe(0);
  expect(one.output).toBe(other.output);
  expect(one.output).toMatch(/^seed 42: /);
});

it('what it cannot read is refused, with what is allowed', async () => {
  const { code, output } = await simulate('--seeds', 'many');
  expect(code).toBe(2);
  expect(output).toMatch(/--seeds/);
});
