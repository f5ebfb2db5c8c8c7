import type { CSSProperties, ReactElement } from 'react';
import { Link } from 'react-router';
import { Badge, Elapsed, Quantity } from '../../ui/index.js';
import type { Flow, FlowChannel, FlowStage } from './flow.documents.js';
import { COLUMN_WIDTH, RIVER_HEIGHT, riverPath, riverWidths } from './river.js';
import { ordersOfStage, toneOfStage } from './stage-state.js';

const CHANNELS_SHOWN_MAX = 6;

interface FlowPictureProps {
  readonly flow: Flow;
  readonly channel: string | undefined;
}

/** The flow as a river through the stages: wide where orders are, coloured where it jams, moving as fast as they come. */
export function FlowPicture({ flow, channel }: FlowPictureProps): ReactElement {
  return (
    <div className="flow">
      <River stages={flow.stages} channels={flow.channels} />
      <ol className="flow-columns">
        <li className="flow-column flow-channels">
          <h3>Channels</h3>
          <Channels channels={flow.channels} />
        </li>
        {flow.stages.map((stage) => (
          <li key={stage.stage} className="flow-column" data-tone={toneOfStage(stage)}>
            <StageColumn stage={stage} channel={channel} />
          </li>
        ))}
      </ol>
    </div>
  );
}

interface RiverProps {
  readonly stages: readonly FlowStage[];
  readonly channels: readonly FlowChannel[];
}

function River({ stages, channels }: RiverProps): ReactElement {
  const perMinute = channels.reduce((sum, { acceptedLastMinute }) => sum + acceptedLastMinute, 0);
  const widths = riverWidths(perMinute > 0, stages);
  const width = widths.length * COLUMN_WIDTH;
  return (
    <svg className="river" viewBox={`0 0 ${width} ${RIVER_HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <defs>
        <linearGradient id="river" x1="0" x2="1">
          <stop offset="0" className="river-stop river-info" />
          {stages.map((stage, index) => (
            <stop
              key={stage.stage}
              offset={(index + 1.5) / widths.length}
              className={`river-stop river-${toneOfStage(stage)}`}
            />
          ))}
        </linearGradient>
      </defs>
      <path d={riverPath(widths)} fill="url(#river)" className="river-water" />
      {stages.map((stage, index) => (
        <line
          key={stage.stage}
          className="river-drops"
          x1={(index + 0.5) * COLUMN_WIDTH}
          x2={(index + 1.5) * COLUMN_WIDTH}
          y1={RIVER_HEIGHT / 2}
          y2={RIVER_HEIGHT / 2}
          data-still={stage.enteredLastMinute === 0 || undefined}
          style={{ '--pace': `${paceSeconds(stage.enteredLastMinute)}s` } as CSSProperties}
        />
      ))}
    </svg>
  );
}

/** The more orders come in a minute, the faster: 6 s to 0.6 s for a drop's way. */
function paceSeconds(perMinute: number): number {
  return Math.max(0.6, 6 / (1 + Math.log10(1 + perMinute) * 3));
}

function Channels({ channels }: { readonly channels: readonly FlowChannel[] }): ReactElement {
  const busiest = channels.toSorted((one, other) => other.acceptedLastHour - one.acceptedLastHour);
  return (
    <ul className="flow-channel-list">
      {busiest.slice(0, CHANNELS_SHOWN_MAX).map(({ channel, name, acceptedLastMinute, openOrders }) => (
        <li key={channel}>
          <Link to={`/channels/${channel}`}>{name}</Link>
          <span className="flow-rate" title={`${openOrders} in work`}>
            <Quantity value={acceptedLastMinute} />
            /min
          </span>
        </li>
      ))}
      {busiest.length > CHANNELS_SHOWN_MAX ? (
        <li>
          <Link to="/systems">{busiest.length - CHANNELS_SHOWN_MAX} more</Link>
        </li>
      ) : null}
    </ul>
  );
}

interface StageColumnProps {
  readonly stage: FlowStage;
  readonly channel: string | undefined;
}

function StageColumn({ stage, channel }: StageColumnProps): ReactElement {
  const { title, orders, enteredLastMinute, leftLastMinute, oldestSince, overdue, tasksWaiting } = stage;
  return (
    <>
      <h3>{title}</h3>
      <p className="flow-orders">
        <Link to={ordersOfStage(stage.stage, channel)} aria-label={`${title}: ${orders} orders`}>
          <Quantity value={orders} />
        </Link>
      </p>
      <p className="flow-rate">
        <span title="Orders that came in the last minute">
          +<Quantity value={enteredLastMinute} />
        </span>{' '}
        <span title="Orders that left in the last minute">
          −<Quantity value={leftLastMinute} />
        </span>
        /min
      </p>
      {overdue > 0 ? (
        <p>
          <Badge tone="bad" icon="clock">
            {overdue.toLocaleString('en')} late
          </Badge>
        </p>
      ) : null}
      {oldestSince !== null && orders > 0 ? (
        <p className="flow-note">
          oldest <Elapsed since={oldestSince} />
        </p>
      ) : null}
      {tasksWaiting > 0 ? (
        <p className="flow-note">
          <Quantity value={tasksWaiting} /> {tasksWaiting === 1 ? 'task waits' : 'tasks wait'}
        </p>
      ) : null}
    </>
  );
}
