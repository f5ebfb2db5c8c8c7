import type { Pool } from 'pg';
import type { ChannelAccount } from '../../../src/model/channel.js';
import type { FieldCipher } from '../../../src/platform/crypto/field-cipher.js';
import { StockIntake } from '../../availability/index.js';
import type { OrderCommit } from '../../orders/index.js';
import { KeptFacts } from '../kept-facts.js';
import { SqlIntake } from '../intake.service.js';
import { StoredMessages } from '../stored-messages.js';

export interface OpenIntake {
  readonly intake: SqlIntake;
  readonly messages: StoredMessages;
}

/** Intake as a hub process has it, over the given door. */
export function openIntake(
  pool: Pool,
  orders: OrderCommit,
  cipher: FieldCipher,
  accounts: { account(id: string): Promise<ChannelAccount | undefined> },
): OpenIntake {
  const messages = new StoredMessages({ pool, orders, cipher, stock: new StockIntake(pool, () => undefined) });
  const intake = new SqlIntake(pool, orders, cipher, accounts, messages);
  messages.register(new KeptFacts());
  return { intake, messages };
}
