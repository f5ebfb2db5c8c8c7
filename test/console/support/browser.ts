import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const KNOWN_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'] as const;
/** Nothing but the page may be called, and nothing may wait for a screen. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** The Chromium of this machine, or that of ENTREPOT_CHROMIUM. */
export function chromiumPath(): string | undefined {
  const named = process.env['ENTREPOT_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...KNOWN_PATHS].find((path) => existsSync(path));
}

/**
 * True where tests of the page cannot run: then they are skipped, and it is said why.
 * Throws in CI, where they must run.
 */
export function withoutBrowser(): boolean {
  if (chromiumPath() !== undefined) return false;
  const why = `No Chromium at ${KNOWN_PATHS.join(', ')} or ENTREPOT_CHROMIUM: the tests of the console are skipped.`;
  if (process.env['ENTREPOT_CI'] === '1') throw new Error(why);
  console.warn(why);
  return true;
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('there is no Chromium');
  return chromium.launch({ executablePath, headless: true, args: [...FLAGS] });
}
