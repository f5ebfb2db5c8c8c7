import type { ReactElement } from 'react';
import type { KpiTrendFragment } from '../../generated/graphql.js';
import { classNames, Skeleton, Sparkline } from '../../ui/index.js';
import { daysFrom } from '../shared/days.js';
import { targetTone, trendOf, valueOver, valueWords } from './kpi-figures.js';

export type Trend = KpiTrendFragment;

interface KpiTilesProps {
  /** Twice as long as what is shown: the half before is what it is compared with. Undefined until they are read. */
  readonly trends: readonly Trend[] | undefined;
  /** First day that is shown. */
  readonly from: string;
  readonly today: string;
  readonly chosen: string;
  readonly onChoose: (kpi: string) => void;
}

const PLACES_KEPT = 15;

/** All KPIs at a glance; one is chosen to be seen in full. */
export function KpiTiles({ trends, from, today, chosen, onChoose }: KpiTilesProps): ReactElement {
  return (
    <ul className="kpi-tiles" aria-label="KPIs">
      {trends === undefined
        ? Array.from({ length: PLACES_KEPT }, (_, at) => <TilePlace key={at} />)
        : trends.map((trend) => (
            <li key={trend.definition.kpi}>
              <button
                type="button"
                className={classNames('kpi-tile', trend.definition.kpi === chosen && 'kpi-tile-chosen')}
                aria-pressed={trend.definition.kpi === chosen}
                onClick={() => onChoose(trend.definition.kpi)}
              >
                <Tile trend={trend} from={from} today={today} />
              </button>
            </li>
          ))}
    </ul>
  );
}

function TilePlace(): ReactElement {
  return (
    <li className="kpi-tile">
      <Skeleton width="70%" />
      <Skeleton width="40%" height="1.4em" />
      <Skeleton />
    </li>
  );
}

function Tile({ trend, from, today }: Pick<KpiTilesProps, 'from' | 'today'> & { trend: Trend }): ReactElement {
  const { title, unit, better } = trend.definition;
  const shown = trend.points.filter(({ day }) => day >= from);
  const before = trend.points.filter(({ day }) => day < from);
  const value = valueOver(unit, shown);
  // Before the first record the hub may not have been there.
  const change = before.length === 0 ? undefined : trendOf(value, valueOver(unit, before), better);
  const target = trend.definition.target ?? null;
  const byDay = new Map(shown.map((point) => [point.day, point.value ?? null]));
  const byDays = daysFrom(from, today).map((day) => byDay.get(day) ?? null);
  const known = byDays.filter((one) => one !== null).length;
  const tone = targetTone(value, target, better);
  const words = valueWords(unit, value);
  return (
    <>
      <span className="kpi-title">{title}</span>
      <span className="kpi-value-row">
        <span className={classNames('kpi-value', `kpi-value-${tone}`)}>{words}</span>
        {change !== undefined && <span className={`kpi-change kpi-value-${change.tone}`}>{change.words}</span>}
      </span>
      <span className="kpi-note">
        today {valueWords(unit, byDay.get(today) ?? (unit === 'COUNT' ? 0 : null))}
        {target !== null && (
          <>
            {' · '}
            <span className="instant">
              target {better === 'LOWER' ? '≤' : '≥'} {valueWords(unit, target)}
            </span>
          </>
        )}
      </span>
      {known > 1 && (
        <Sparkline label={`${title} by day, ${words} in all`} values={byDays} target={target ?? undefined} />
      )}
    </>
  );
}
