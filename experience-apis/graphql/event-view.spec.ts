import { expect, it } from 'vitest';
import { withMaskedTexts } from './event-view.js';

it('masks the sentences of others in objects and lists alike, and nothing else', () => {
  const said = 'Ask ada@example.org.';
  const data = { sku: 'a@b.example', reason: said, lines: [{ detail: said, units: 2 }, [{ error: said }]], at: null };
  expect(withMaskedTexts(data)).toEqual({
    sku: 'a@b.example',
    reason: 'Ask a***@***.org.',
    lines: [{ detail: 'Ask a***@***.org.', units: 2 }, [{ error: 'Ask a***@***.org.' }]],
    at: null,
  });
});
