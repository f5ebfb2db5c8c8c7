import type { Page } from 'playwright-core';

/** By the real page of the issuer, where whoever is not signed in is led; comes back to where the person wanted to go. */
export async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** To an address below `/console`, inside the page that is open: without loading it again. */
export async function goInside(page: Page, path: string): Promise<void> {
  const address = JSON.stringify(`/console${path}`);
  await page.evaluate(`history.pushState(null, '', ${address}); dispatchEvent(new PopStateEvent('popstate'))`);
}

/** What stands while something is read. */
const READING = 'main .skeleton, main [aria-busy="true"]';

/**
 * Until the page of an address below `/console` shows all that it reads; the page before it stands for a moment after the
 * address changed. By a promise in the page: its policy allows no `eval`.
 */
export async function untilShown(page: Page, path: string): Promise<void> {
  const pathname = JSON.stringify(path.split('?')[0]);
  await page.evaluate(`new Promise((resolve) => {
    const isShown = () =>
      document.querySelector('main .page')?.dataset.path === ${pathname} &&
      document.querySelector(${JSON.stringify(READING)}) === null;
    const look = () => (isShown() ? resolve() : requestAnimationFrame(look));
    look();
  })`);
}
