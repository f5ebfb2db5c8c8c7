import type { ExceptionAction, ExceptionRefusal, Severity } from '../../generated/graphql.js';
import type { Tone } from '../../ui/index.js';

interface ActionWords {
  readonly verb: string;
  /** What will happen. */
  readonly about: string;
  readonly danger?: boolean;
}

export const ACTIONS: Readonly<Record<ExceptionAction, ActionWords>> = {
  MAP_SKU: { verb: 'Map the listing', about: 'Every order that waits for the listing goes on with this item.' },
  CORRECT_ADDRESS: {
    verb: 'Correct the address',
    about: 'The goods go to this address instead. It takes the place of the whole old one.',
  },
  CORRECT_SHIP_METHOD: { verb: 'Correct the ship method', about: 'The goods go this way instead.' },
  ACCEPT_PRICE: { verb: 'Accept the amounts', about: 'The amounts are taken as they are, and the order goes on.' },
  RE_SOURCE: { verb: 'Source anew', about: 'The units come from another node, if one has them.' },
  HOLD: {
    verb: 'Hold the order',
    about: 'Its stock stays claimed, and nothing more goes outside until the hold is released.',
  },
  RELEASE_HOLD: { verb: 'Release the hold', about: 'The order goes on.' },
  CANCEL: {
    verb: 'Cancel the order',
    about: 'What has not shipped is cancelled, and the channel is told.',
    danger: true,
  },
  RETRY: { verb: 'Try again', about: 'What failed is tried again now.' },
  REPROCESS_MESSAGE: { verb: 'Read the message again', about: 'Do this once its cause is mended.' },
  IGNORE: {
    verb: 'Ignore',
    about: 'It is left as it is, as long as the problem stays the same. A message is dismissed for good.',
    danger: true,
  },
};

export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  LOW: 'neutral',
  MEDIUM: 'warn',
  HIGH: 'bad',
  CRITICAL: 'bad',
};

export const REFUSALS: Readonly<Record<ExceptionRefusal, string>> = {
  NOT_FOUND: 'It is not there any more.',
  ALREADY_SOLVED: 'Its problem is gone already.',
  NOT_ALLOWED: 'This would not solve a problem of its kind.',
  NOT_YOURS: 'Another role owns it.',
  AGAINST_THE_RULES: 'The state of its order is against it.',
  NOT_POSSIBLE: 'What it needs is not there.',
};

/** Where the repository keeps the runbook of a category. */
export function runbookOf(category: string): string {
  return `docs/runbooks/${category}.md`;
}
