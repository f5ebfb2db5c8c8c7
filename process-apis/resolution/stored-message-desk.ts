import type { PoolClient } from 'pg';
import { dismissMessages, UnknownMessageError, type StoredMessages } from '../intake/index.js';
import type { MessageDesk } from './message-desk.js';
import type { MessageRegister } from './message-register.js';

const TAKEN: ReadonlySet<string> = new Set(['COMMITTED', 'IGNORED']);

/** Messages as intake keeps them. The register follows at once. */
export class StoredMessageDesk implements MessageDesk {
  constructor(
    private readonly messages: Pick<StoredMessages, 'reprocess'>,
    private readonly register: Pick<MessageRegister, 'refresh'>,
  ) {}

  async reprocess(messageId: string): Promise<{ readonly isTaken: boolean; readonly why: string }> {
    try {
      const { status, detail = 'It was not taken.' } = (await this.messages.reprocess(messageId)).verdict;
      await this.register.refresh([messageId]);
      return { isTaken: TAKEN.has(status), why: detail };
    } catch (error) {
      if (!(error instanceof UnknownMessageError)) throw error;
      return { isTaken: false, why: error.message };
    }
  }

  dismiss(tx: PoolClient, messageIds: readonly string[]): Promise<void> {
    return dismissMessages(tx, messageIds);
  }
}
