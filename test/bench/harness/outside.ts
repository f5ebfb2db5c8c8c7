import type { ChannelAccount } from '../../../src/model/channel.js';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { SystemSettings } from '../../../src/platform/config/system-settings.js';
import { HelperProcess } from './helper-process.js';

/** What the process of the sandboxes tells at its start. */
export interface OutsideAddress {
  readonly accounts: readonly ChannelAccount[];
  readonly systemSections: Readonly<Record<string, unknown>>;
  readonly secretValues: Readonly<Record<string, string>>;
}

/** All sandboxes without delays, in a process of their own as the real systems are. */
export class Outside {
  readonly systems: SystemSettings;
  readonly secrets: SecretSource;

  private constructor(
    private readonly helper: HelperProcess,
    readonly address: OutsideAddress,
  ) {
    this.systems = new SystemSettings(address.systemSections, 'the benchmark');
    this.secrets = new GivenSecrets(address.secretValues);
  }

  static async start(): Promise<Outside> {
    const helper = HelperProcess.start(new URL('./outside.process.js', import.meta.url));
    return new Outside(helper, await helper.call<OutsideAddress>('start'));
  }

  /** Where the warehouse tells its events, and the marketplaces theirs. */
  connect(hubUrl: string, notificationToken: string): Promise<void> {
    return this.helper.call('connect', { hubUrl, notificationToken });
  }

  /** Buyers order, so many at each marketplace. */
  placeAtMarketplaces(orders: number): Promise<void> {
    return this.helper.call('place', { orders });
  }

  stop(): Promise<void> {
    return this.helper.stop();
  }
}

class GivenSecrets extends SecretSource {
  constructor(private readonly values: Readonly<Record<string, string>>) {
    super();
  }

  override get(name: string): string {
    const value = this.values[name];
    if (value === undefined) throw new Error(`the benchmark has no secret ${name}`);
    return value;
  }

  override find(name: string): string | undefined {
    return this.values[name];
  }
}
