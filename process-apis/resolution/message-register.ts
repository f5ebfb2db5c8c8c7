import type { Pool } from 'pg';
import type { Problem } from '../../src/model/exception.js';
import { findStandingOfMessages, messageKey, messageProblem, type Exceptions } from '../exceptions/index.js';
import {
  findTroubledMessages,
  readMessagesWithoutBody,
  type StoredMessage,
  type TroublePosition,
} from '../intake/index.js';

const PAGE = 200;

/** Why an exception of a message ends, by what became of the message. */
const ENDED_BECAUSE: Readonly<Record<string, string>> = {
  COMMITTED: 'The message was taken.',
  IGNORED: 'The message asks for nothing.',
  DISMISSED: 'The message was dismissed.',
  PARKED: 'The message waits for its order.',
};

/**
 * Makes the register say of each message what follows from the message as it is stored: needs nobody to tell it of a refusal,
 * and finds what waited too long for its order.
 */
export class MessageRegister {
  private troubledAfter: TroublePosition | undefined;
  private standingAfter: string | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly exceptions: Exceptions,
    /** How long a message may wait for its order before it is a problem. */
    private readonly parkedMs: number,
  ) {}

  /** The newest first each time, and the next page of all the others; the same of what stands. */
  async sweep(): Promise<void> {
    const newest = await findTroubledMessages(this.pool, undefined, this.parkedMs, PAGE);
    const further =
      newest.length < PAGE
        ? []
        : await findTroubledMessages(this.pool, this.troubledAfter ?? newest.at(-1)?.position, this.parkedMs, PAGE);
    this.troubledAfter = further.length < PAGE ? undefined : further.at(-1)?.position;
    await this.exceptions.raise(this.problemsOf([...newest, ...further].map(({ message }) => message)));
    const standing = await findStandingOfMessages(this.pool, this.standingAfter, PAGE);
    this.standingAfter = standing.length < PAGE ? undefined : standing.at(-1)?.key;
    await this.refresh(standing.map(({ messageId }) => messageId));
  }

  /** What stands of these messages, made right now. */
  async refresh(messageIds: readonly string[]): Promise<void> {
    if (messageIds.length === 0) return;
    const messages = await readMessagesWithoutBody(this.pool, messageIds);
    const problems = this.problemsOf(messages);
    await this.exceptions.raise(problems);
    const troubled = new Set(problems.map(({ subject }) => subject.messageId));
    const ended = Map.groupBy(
      messages.filter(({ id }) => !troubled.has(id)),
      ({ status }) => status,
    );
    for (const [status, ofStatus] of ended)
      await this.exceptions.end(
        ofStatus.map(({ id }) => messageKey(id)),
        ENDED_BECAUSE[status] ?? 'The message is no problem any more.',
      );
  }

  private problemsOf(messages: readonly StoredMessage[]): readonly Problem[] {
    const now = new Date().toISOString();
    return messages.flatMap((message) => messageProblem(message, now, this.parkedMs) ?? []);
  }
}
