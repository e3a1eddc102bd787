import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { readAddress, USUAL, writeAddress } from '../../src/simulator/address.js';
import { Session } from '../../src/simulator/session.js';
import { STORIES } from '../../src/simulator/stories.js';
import { browserOfFile, hasChromium } from './support.js';

const KILLED = writeAddress({ ...USUAL, acts: [{ at: 9000, act: 'master-killed' }], time: 12_000 });

describe.skipIf(!hasChromium)('the page, in Chromium', () => {
  const open = browserOfFile();
  /** What the page's program exposes for this test alone is what it shows: the list of what happened. */
  const eventsOf = (page: Page) => page.locator('.events li').allTextContents();

  it.each([
    ['a failover', KILLED],
    ['a partition', writeAddress({ ...(STORIES[1] as (typeof STORIES)[0]).address, time: 20_000 })],
    [
      'a topology of its own',
      writeAddress({
        ...USUAL,
        yaml: 'profile: cache\nservers: 5',
        seed: 3,
        time: 15_000,
        acts: [{ at: 9000, act: 'zone-lost' }],
      }),
    ],
    ['a schedule of the test run', 'test=many&seed=42&t=30000'],
  ])('comes to the same events as Node: %s', async (_, hash) => {
    const { page, errors } = await open(hash);
    const session = new Session(readAddress(hash).address);
    const expected = session.notes
      .slice(-200)
      .reverse()
      .map(({ at, note: [who, what] }) => `${(at / 1000).toFixed(3)} ${who}: ${what}`);
    expect(expected.length).toBeGreaterThan(25);
    expect(await eventsOf(page)).toEqual(expected);
    expect(errors).toEqual([]);
  });

  it('asks nothing of the network', async () => {
    const { page, requests } = await open(KILLED);
    await page.getByRole('button', { name: 'Run (space)' }).click();
    await page.waitForTimeout(300);
    expect(requests).toEqual([]);
  });

  it('is played by keyboard alone: a pod is chosen, its server killed, and another becomes master', async () => {
    const { page } = await open();
    const status = page.getByRole('status');
    await expect.poll(() => status.textContent()).toBe('redis-0 is master; all is whole');
    await page.keyboard.press('1');
    await page.keyboard.press('k');
    for (let step = 0; step < 40 && !/redis-[12] is master/.test((await status.textContent()) ?? ''); step++) {
      await page.keyboard.press('.');
    }
    expect(await status.textContent()).toMatch(/^redis-[12] is master; not whole/);
    await page.keyboard.press('Space');
    await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^redis-[12] is master; all is whole$/);
    expect(page.url()).toMatch(/faults=kill-server:0@8000/);
  });

  it('goes back in time', async () => {
    const { page } = await open(KILLED);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    expect(await page.locator('.clock').textContent()).toBe('8.000 s');
    expect(await page.getByRole('status').textContent()).toBe('redis-0 is master; all is whole');
  });

  it('takes a topology that is pasted, and refuses it with the words of validate', async () => {
    const { page } = await open();
    const text = page.getByLabel('Your own topology');
    await text.fill('servers: 4\n');
    await page.getByRole('button', { name: 'Start anew' }).click();
    expect(await page.getByRole('alert').textContent()).toMatch(
      /^topology\.yaml:1:10: 'servers' must be an odd number of at least 3/,
    );
    await text.fill('profile: cache\nservers: 5\n');
    await page.getByRole('button', { name: 'Start anew' }).click();
    expect(await page.locator('.problems').textContent()).toBe('');
    expect(await page.getByRole('button', { name: /^pod \d runs$/ }).count()).toBe(5);
  });

  it('says what of an address it does not understand', async () => {
    const { page } = await open('seed=x&profile=cache');
    expect(await page.getByRole('alert').textContent()).toBe(
      "'seed' must be a whole number from 0 to 999999999, got 'x'",
    );
  });

  it('tells a story, and the ledger shows what default loses in a partition', async () => {
    const { page } = await open(writeAddress({ ...(STORIES[1] as (typeof STORIES)[0]).address, time: 45_000 }));
    const value = (name: string) =>
      page
        .locator('dl.ledger div', { has: page.getByText(name, { exact: true }) })
        .locator('dd')
        .textContent();
    expect(Number(await value('lost'))).toBeGreaterThan(50);
    expect(await value('lost, though confirmed')).toBe('0');
    expect(await page.locator('.told').textContent()).toMatch(/throws away what it took alone/);
  });

  const LOOKS = [
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 900 } }],
    ['of a telephone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
    [
      'of a telephone, dark and without motion',
      { colorScheme: 'dark', viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' },
    ],
  ] as const;

  it.each(LOOKS)('has nothing that axe objects to, in the look %s', async (_, look) => {
    const { page } = await open(writeAddress({ ...USUAL, acts: [{ at: 9000, act: 'partition' }], time: 14_000 }), look);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(violations).toEqual([]);
  });

  it('fits into 360 pixels, but for what scrolls by itself', async () => {
    const { page } = await open(KILLED, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });

  it('computes and draws a frame of 5 servers and 5 Sentinels in less than a thirtieth of a second', async () => {
    const { page } = await open(
      writeAddress({ ...USUAL, yaml: 'servers: 5', acts: [{ at: 9000, act: 'partition' }], time: 9500 }),
    );
    await page.getByRole('button', { name: 'Run (space)' }).click();
    const frames = await page.evaluate(
      () =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          const frame = (now: number) => {
            times.push(now);
            if (times.length < 60) requestAnimationFrame(frame);
            else resolve(times);
          };
          requestAnimationFrame(frame);
        }),
    );
    const between = frames.slice(1).map((time, index) => time - (frames[index] as number));
    between.sort((one, other) => one - other);
    expect(between[Math.floor(between.length / 2)]).toBeLessThan(34);
  });
});
