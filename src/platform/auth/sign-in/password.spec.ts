import { expect, it } from 'vitest';
import { passwordMatches } from './password.js';

it('checks some guesses at a time, lets some wait and refuses the rest at once', async () => {
  const guesses = Array.from({ length: 60 }, () => passwordMatches('guess guess guess', undefined));
  const answers = await Promise.allSettled(guesses);
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(10);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'SIGN_IN_BUSY' });
  await expect(passwordMatches('guess guess guess', undefined)).resolves.toBe(false);
}, 180_000);
