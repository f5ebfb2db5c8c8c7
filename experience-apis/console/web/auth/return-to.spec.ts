import { describe, expect, it } from 'vitest';
import { returnTo } from './return-to.js';

const ORIGIN = 'https://hub.example';

describe('where the console goes on after signing in', () => {
  it.each(['/console/orders/0199?tab=raw#lines', '/console/exceptions?status=OPEN&first=20', '/console'])(
    'is the page that was asked for: %s',
    (wish) => expect(returnTo(wish, ORIGIN)).toBe(wish),
  );

  it.each([
    undefined,
    '',
    'https://evil.example/console/now',
    '//evil.example/console/now',
    '/\\evil.example/console/now',
    'javascript:alert(1)',
    '/consoles/now',
    '/console/../oauth/sign-out',
    '/oauth/authorize',
    '/console/callback?code=x',
    '/console/signed-out',
  ])('is never another place: %s', (wish) => expect(returnTo(wish, ORIGIN)).toBe('/console/now'));
});
