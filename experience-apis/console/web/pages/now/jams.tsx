import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { DataTable, Elapsed, type Column } from '../../ui/index.js';
import { waitedFor } from '../shared/states.js';
import { usePlaceOf } from '../shared/use-place-of.js';
import type { Flow, FlowStage } from './flow.documents.js';
import { toneOfStage } from './stage-state.js';

/** Of one stage; the first keep the most orders. */
const SHOWN_MAX = 3;

interface Jam {
  readonly stage: FlowStage;
  readonly jam: FlowStage['jams'][number];
}

/** What stands in the way: what is stuck, where, why and since when; each leads to where something can be done about it. */
export function Jams({ flow, channel }: { flow: Flow; channel: string | undefined }): ReactElement | null {
  const placeOf = usePlaceOf();
  const rows = flow.stages.flatMap((stage) => stage.jams.slice(0, SHOWN_MAX).map((jam) => ({ stage, jam })));
  if (rows.length === 0) return null;
  const columns: readonly Column<Jam>[] = [
    {
      key: 'what',
      title: 'What stands in the way',
      phone: 'title',
      render: ({ jam: { orders, system } }) => {
        const words = `${orders.toLocaleString('en')} wait for ${waitedFor(system)}`;
        const place = placeOf(system, channel);
        return place === undefined ? <strong>{words}</strong> : <Link to={place}>{words}</Link>;
      },
    },
    { key: 'stage', title: 'Stage', phone: 'extra', render: ({ stage }) => stage.title },
    { key: 'why', title: 'Why', wrap: true, phone: 'words', render: ({ jam }) => jam.reason },
    { key: 'since', title: 'For', align: 'end', render: ({ jam }) => <Elapsed since={jam.since} /> },
  ];
  return (
    <DataTable
      caption="What stands in the way of orders"
      columns={columns}
      rows={rows}
      keyOf={({ stage, jam }) => `${stage.stage} ${jam.system} ${jam.reason}`}
      toneOf={({ stage }) => toneOfStage(stage)}
    />
  );
}
