import { describe, expect, it } from 'vitest';
import { SystemSettings } from '../platform/config/system-settings.js';
import { CarrierWork } from './carrier-work.js';
import { CarrierModule } from './carrier.module.js';

const SECTION = {
  kind: 'easypost',
  settings: { apiKeySecret: 'EASYPOST_API_KEY', webhookSecrets: ['EASYPOST_WEBHOOK_SECRET'] },
};

const withSection = (section: unknown): SystemSettings => new SystemSettings({ carrier: section }, 'systems.yaml');

describe('the section "carrier" of the systems file', () => {
  it('may be absent: then nothing is watched, and nothing runs for it', () => {
    const { imports, providers } = CarrierModule.forRoot(new SystemSettings({}));
    expect(imports).toBeUndefined();
    expect(providers).toEqual([{ provide: CarrierWork, useValue: new CarrierWork() }]);
    expect(new CarrierWork().loops()).toEqual([]);
  });

  it('brings the adapter that it names', () => {
    expect(CarrierModule.forRoot(withSection(SECTION)).imports).toHaveLength(1);
  });

  it.each([
    [{ ...SECTION, kind: 'pigeon' }, 'carrier.kind'],
    [{ ...SECTION, lookAfterMinutes: 0 }, 'carrier.lookAfterMinutes'],
    [{ ...SECTION, settings: { ...SECTION.settings, webhookSecrets: [] } }, 'carrier.settings.webhookSecrets'],
    [{ ...SECTION, settings: { ...SECTION.settings, carriers: { DHL: '' } } }, 'carrier.settings.carriers.DHL'],
    [{ ...SECTION, url: 'https://api.easypost.com' }, 'carrier: '],
  ])('says where it is wrong: %j', (section, place) => {
    expect(() => CarrierModule.forRoot(withSection(section))).toThrow(`systems.yaml: ${place}`);
  });
});
