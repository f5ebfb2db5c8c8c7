import { useEffect, useState, type ReactElement } from 'react';
import { classNames } from './class-names.js';
import { IconButton } from './button.js';
import { bothTimes, durationWords, relativeWords, utcWords } from './time-words.js';
import { useClock } from './use-now.js';

const SECOND = 1_000;

interface InstantProps {
  /** UTC, ISO. */
  readonly at: string | null | undefined;
  /** What stands where there is none. */
  readonly none?: string;
}

/** An instant to the second in UTC, which it says; the tooltip has the reader's own time besides. */
export function Instant({ at, none = '–' }: InstantProps): ReactElement {
  if (at === null || at === undefined) return <span className="faint">{none}</span>;
  return (
    <time className="instant" dateTime={at} title={bothTimes(at)}>
      {utcWords(at)} <span className="faint">UTC</span>
    </time>
  );
}

/** How long ago or ahead; the words move on by themselves, the tooltip has the instant. */
export function RelativeTime({ at, none = '–' }: InstantProps): ReactElement {
  if (at === null || at === undefined) return <span className="faint">{none}</span>;
  return <Relative at={at} />;
}

function Relative({ at }: { at: string }): ReactElement {
  const words = useClock((now) => relativeWords(Date.parse(at), now));
  return (
    <time className="instant" dateTime={at} title={bothTimes(at)}>
      {words}
    </time>
  );
}

/** A length of time, in milliseconds. */
export function Duration({ ms, none = '–' }: { ms: number | null | undefined; none?: string }): ReactElement {
  if (ms === null || ms === undefined) return <span className="faint">{none}</span>;
  return (
    <span className="number" title={`${Math.round(ms).toLocaleString('en')} ms`}>
      {durationWords(ms)}
    </span>
  );
}

/** The time since an instant, counting on in whole seconds: "4 min 10 s". */
export function Elapsed({ since }: { since: string }): ReactElement {
  const words = useClock((now) => durationWords(Math.max(1, Math.floor((now - Date.parse(since)) / SECOND)) * SECOND));
  return (
    <time className="number" dateTime={since} title={bothTimes(since)}>
      {words}
    </time>
  );
}

interface MoneyProps {
  /** Decimal text with the decimals of the currency, as the graph gives it. */
  readonly decimal: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** An amount as the reader's language writes it. */
export function Money({ decimal, currency }: MoneyProps): ReactElement {
  const decimals = decimal.split('.')[1]?.length ?? 0;
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    currencyDisplay: 'code',
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return <span className="number">{format.format(Number(decimal))}</span>;
}

interface QuantityProps {
  readonly value: number | null | undefined;
  /** Puts the sign before it: a change, not an amount. */
  readonly signed?: boolean;
  /** A zero is shown faint: in a table of many the others stand out. */
  readonly quietZero?: boolean;
  readonly none?: string;
}

/** Units, with thousands apart. */
export function Quantity({ value, signed = false, quietZero = false, none = '–' }: QuantityProps): ReactElement {
  if (value === null || value === undefined) return <span className="faint number">{none}</span>;
  const words = value.toLocaleString('en', signed ? { signDisplay: 'exceptZero' } : {}).replace('-', '−');
  const tone = signed && value !== 0 && (value > 0 ? 'quantity-more' : 'quantity-less');
  return <span className={classNames('number', tone, quietZero && value === 0 && 'faint')}>{words}</span>;
}

const COPIED_FOR = 1_500;

interface CopyTextProps {
  readonly text: string;
  /** Shown instead of the text: the last part of a long id. */
  readonly shown?: string | undefined;
  /** What it is: "order id". */
  readonly what: string;
}

/** An id that people paste elsewhere, with a button that copies it whole. */
export function CopyText({ text, shown, what }: CopyTextProps): ReactElement {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | undefined>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  return (
    <span className="copy-text">
      <code className="wrap-anywhere" title={shown === undefined ? undefined : text}>
        {shown ?? text}
      </code>
      <IconButton icon={outcome === 'copied' ? 'check' : 'copy'} size="sm" label={`Copy ${what}`} onClick={copy} />
      <span className="visually-hidden" role="status">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser does not allow to copy'}
      </span>
    </span>
  );
}

/** A key of the keyboard, as pages name it in their hints. */
export function KeyHint({ keys, does }: { keys: readonly string[]; does?: string }): ReactElement {
  return (
    <span className="key-hint">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
      {does !== undefined && <span>{does}</span>}
    </span>
  );
}
