import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.js';
import { Icon, type IconName } from './icon.js';

/** What a colour means, everywhere. `held` is on purpose: paused, on hold, waiting for a person. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'held' | 'neutral';

const ICON_OF_TONE: Readonly<Record<Tone, IconName>> = {
  ok: 'check',
  warn: 'alert',
  bad: 'stop',
  info: 'info',
  held: 'pause',
  neutral: 'dot',
};

interface BadgeProps {
  readonly tone?: Tone;
  readonly icon?: IconName | undefined;
  /** More, as a tooltip. */
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A short word about a thing. The words tell all; the colour helps to find it. */
export function Badge({ tone = 'neutral', icon, title, children }: BadgeProps): ReactElement {
  return (
    <span className={classNames('badge', `badge-${tone}`)} title={title}>
      {icon !== undefined && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

interface StatusBadgeProps {
  /** The state as the graph names it: `IN_FULFILLMENT`. Shown in plain words. */
  readonly status: string;
  readonly tone: Tone;
  readonly icon?: IconName | undefined;
  readonly title?: string | undefined;
  /** Words instead of those that follow from the state. */
  readonly label?: string | undefined;
}

/** A state: colour, sign and words. */
export function StatusBadge({ status, tone, icon, title, label }: StatusBadgeProps): ReactElement {
  return (
    <Badge tone={tone} icon={icon ?? ICON_OF_TONE[tone]} title={title}>
      {label ?? plainWords(status)}
    </Badge>
  );
}

const ABBREVIATIONS: ReadonlySet<string> = new Set(['ERP', 'WMS', 'SKU', 'ATP', 'ATS', 'ASN', 'SLA']);

/** `PARTLY_SHIPPED` and `partlyShipped` as people write it: "Partly shipped". What is an abbreviation stays one: "Unknown SKU". */
export function plainWords(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => (ABBREVIATIONS.has(word.toUpperCase()) ? word.toUpperCase() : word.toLowerCase()))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
