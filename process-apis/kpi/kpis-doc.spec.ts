import { describe, expect, it } from 'vitest';
import { renderKpisDoc } from './kpis-doc.js';

describe('the definitions of KPIs', () => {
  it('are those that docs/kpis.md shows (vitest run -u writes it anew)', async () => {
    await expect(renderKpisDoc()).toMatchFileSnapshot('../../docs/kpis.md');
  });
});
