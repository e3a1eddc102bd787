import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** Where Debian, Ubuntu and others put it; CHROMIUM names another. */
const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Without it the tests of the page are skipped, by name. */
export const hasChromium = executablePath !== undefined;

export const INDEX = join(import.meta.dirname, '../../docs/simulator/index.html');

interface Opened {
  readonly page: Page;
  /** What the page asked for, beyond its own files; and what it complained of. */
  readonly requests: string[];
  readonly errors: string[];
}

/** One Chromium for a file of tests; each test gets a page of its own, which ends with it: one that plays takes a processor. */
export function browserOfFile(): (hash?: string, options?: Parameters<Browser['newPage']>[0]) => Promise<Opened> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    // Without a sandbox, since tests also run as root in a container; the page is our own.
    if (hasChromium) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  return async (hash = '', options = {}) => {
    if (!browser) throw new Error('there is no Chromium');
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => page.close());
    const requests: string[] = [];
    const errors: string[] = [];
    const own = pathToFileURL(join(INDEX, '..')).href;
    page.on('request', (request) => {
      if (!request.url().startsWith(own) && !request.url().startsWith('data:')) requests.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(`${pathToFileURL(INDEX).href}${hash === '' ? '' : `#${hash}`}`);
    return { page, requests, errors };
  };
}
