import { describe, expect, it } from 'vitest';
import { HUB_SETTINGS } from './hub.settings.js';
import { loadConfig } from './platform/config/config.js';
import { renderConfigurationDoc } from './platform/config/configuration-doc.js';

describe('the settings of the hub', () => {
  it('are those that docs/configuration.md shows (vitest run -u writes it anew)', async () => {
    await expect(renderConfigurationDoc(HUB_SETTINGS)).toMatchFileSnapshot('../docs/configuration.md');
  });

  it('hold those of the demo, with their options', () => {
    const argv = ['--demo', '--rate', '0.5', '--orders', '20', '--seed', '7'];
    expect(loadConfig({}, argv, HUB_SETTINGS)).toMatchObject({
      config: { demo: true, demoRate: 0.5, demoOrders: 20, demoSeed: 7, port: 3000 },
    });
  });

  it('have names of environment variables and options that no other has', () => {
    const settings = Object.values(HUB_SETTINGS);
    expect(new Set(settings.map(({ env }) => env)).size).toBe(settings.length);
    const flags = settings.flatMap((setting) => ('flag' in setting && setting.flag ? [setting.flag] : []));
    expect(new Set(flags).size).toBe(flags.length);
  });
});
