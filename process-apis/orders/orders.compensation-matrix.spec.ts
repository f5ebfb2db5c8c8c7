import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { cellOf, renderCompensation, STAGES_WITH_ORDER, TROUBLES } from './testing/compensation.js';

describe.each(TROUBLES)('$title', (trouble) => {
  it.each(STAGES_WITH_ORDER)('when the order is %s ends with all units accounted for', (stage) => {
    const { end, tooLate } = cellOf(trouble, stage);
    // What is open in the end waits for a person or for goods, and an exception says so.
    for (const state of [end, tooLate]) expect(state).not.toMatch(/open(?!.*[A-Z_]{5})/);
  });
});

describe('the compensation matrix', () => {
  it('is what docs/compensation.md shows (vitest run -u writes it anew)', async () => {
    const doc = await format(renderCompensation(), { parser: 'markdown', printWidth: 120 });
    await expect(doc).toMatchFileSnapshot('../../docs/compensation.md');
  });
});
