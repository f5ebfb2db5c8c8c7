import { Catalog } from '../../../process-apis/catalog/index.js';
import { Intake, type InboundMessage, type IntakeResult, type Interpret } from '../../../process-apis/intake/index.js';
import type { ChannelAccount } from '../../../src/model/channel.js';
import type { RefusedReason } from '../../../src/model/channel-order.js';
import { SecretSource } from '../../../src/platform/config/secret-source.js';
import { CursorStore } from '../../../src/platform/db/cursor-store.js';
import { SANDBOX_CREDENTIALS, SANDBOX_SELLER_ID, type AmazonSandbox } from '../sandbox/amazon-sandbox.js';

/** The hub's doors in memory, for specs of this channel alone. */
export class MemoryIntake extends Intake {
  readonly committed: InboundMessage[] = [];
  readonly refused: { readonly message: InboundMessage; readonly reason: RefusedReason }[] = [];
  readonly kinds = new Map<string, Interpret>();
  /** Called before each message is committed; may throw, as a lost database would. */
  beforeCommit: (message: InboundMessage) => Promise<void> | void = () => undefined;
  private readonly seen = new Set<string>();

  register(kind: string, interpret: Interpret): void {
    this.kinds.set(kind, interpret);
  }

  async receive(message: InboundMessage): Promise<IntakeResult> {
    await this.beforeCommit(message);
    const reading = this.kinds.get(message.account.kind)?.(message.account, message.topic, message.body);
    const base = { messageId: `hub-${message.messageId}`, orders: [], digestDiffers: false };
    if (this.seen.has(message.messageId)) return { ...base, outcome: 'DUPLICATE' };
    this.seen.add(message.messageId);
    this.committed.push(message);
    if (reading === undefined || reading.outcome === 'FACTS') return { ...base, outcome: 'COMMITTED' };
    return { ...base, outcome: reading.outcome, reason: reading.reason, detail: reading.detail };
  }

  async keepRefused(message: InboundMessage, reason: RefusedReason, detail: string): Promise<IntakeResult> {
    this.refused.push({ message, reason });
    return {
      messageId: `hub-${message.messageId}`,
      outcome: 'REFUSED',
      reason,
      detail,
      orders: [],
      digestDiffers: false,
    };
  }

  reprocess(messageId: string): Promise<IntakeResult> {
    return Promise.reject(new Error(`nothing is processed again in memory: ${messageId}`));
  }

  /** Message ids of the orders, sorted. */
  orderIds(): readonly string[] {
    return this.committed
      .filter(({ topic }) => topic === 'order')
      .map(({ messageId }) => messageId.split('@')[0] ?? '')
      .toSorted();
  }
}

export class MemoryCatalog extends Catalog {
  constructor(public accounts: readonly ChannelAccount[]) {
    super();
  }

  async account(id: string): Promise<ChannelAccount | undefined> {
    return this.accounts.find((account) => account.id === id);
  }

  async accountsOfKind(kind: string): Promise<readonly ChannelAccount[]> {
    return this.accounts.filter((account) => account.kind === kind);
  }

  async nodes(): Promise<[]> {
    return [];
  }
}

export class MemoryCursors extends CursorStore {
  readonly values = new Map<string, string>();

  async get(name: string): Promise<string | undefined> {
    return this.values.get(name);
  }

  async set(name: string, value: string): Promise<void> {
    this.values.set(name, value);
  }
}

export class MemorySecrets extends SecretSource {
  private readonly values = new Map([
    ['AMAZON_CLIENT_ID', SANDBOX_CREDENTIALS.clientId],
    ['AMAZON_CLIENT_SECRET', SANDBOX_CREDENTIALS.clientSecret],
    ['AMAZON_REFRESH_TOKEN', SANDBOX_CREDENTIALS.refreshToken],
  ]);

  get(name: string): string {
    const value = this.find(name);
    if (value === undefined) throw new Error(`the secret ${name} is not set`);
    return value;
  }

  find(name: string): string | undefined {
    return this.values.get(name);
  }
}

export const UK = 'A1F83G8C2ARO7P';

export function accountAt(
  sandbox: Pick<AmazonSandbox, 'url' | 'lwaUrl'>,
  settings: Readonly<Record<string, unknown>> = {},
): ChannelAccount {
  return {
    id: 'amazon-uk',
    kind: 'amazon',
    name: 'Amazon UK',
    active: true,
    settings: {
      endpoint: sandbox.url,
      lwaUrl: sandbox.lwaUrl,
      sellerId: SANDBOX_SELLER_ID,
      marketplaceIds: [UK],
      clientIdSecret: 'AMAZON_CLIENT_ID',
      clientSecretSecret: 'AMAZON_CLIENT_SECRET',
      refreshTokenSecret: 'AMAZON_REFRESH_TOKEN',
      pollIntervalMs: 20,
      rateFactor: 100_000,
      ...settings,
    },
  };
}
