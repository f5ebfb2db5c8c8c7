import type { AlertFilter, AlertState, SlaStage } from '../../generated/graphql.js';

/** What the page shows, as its URL says it; empty does not narrow it. */
export const NO_FILTER = { channel: '', stage: '', state: '' } as const;

export type FilterKey = keyof typeof NO_FILTER;
export type FilterValues = Readonly<Record<FilterKey, string>>;

export const STATES: readonly { readonly value: AlertState; readonly label: string }[] = [
  { value: 'BREACHED', label: 'Late' },
  { value: 'WARNING', label: 'Due' },
  { value: 'ENDED', label: 'Settled' },
];

/** In the order in which an order goes through them. */
const STAGE_WORDS: Readonly<Record<SlaStage, string>> = {
  ERP_POSTING: 'Posting to the ERP',
  ERP_CONFIRMATION: 'Confirmation by the ERP',
  ERP_REDUCTION: 'Reduction of the sales order',
  RELEASE: 'Release to the warehouse',
  CANCELLATION: 'Cancellation by the warehouse',
  SHIPMENT: 'Shipment',
  CHANNEL_CONFIRMATION: 'Confirmation to the channel',
  GOODS_ISSUE: 'Goods issue',
  BILLING: 'Billing',
};

export const STAGES = Object.entries(STAGE_WORDS).map(([value, label]) => ({ value: value as SlaStage, label }));

/** The filter of the graph: all that stand where the URL says nothing. What it holds that the graph does not know narrows nothing. */
export function filterOf({ channel, stage, state }: FilterValues): AlertFilter {
  const ofStage = STAGES.find(({ value }) => value === stage);
  const inState = STATES.find(({ value }) => value === state);
  return {
    ...(channel === '' ? {} : { channel }),
    ...(ofStage === undefined ? {} : { stages: [ofStage.value] }),
    ...(inState === undefined ? {} : { states: [inState.value] }),
  };
}

export function stageWords(stage: SlaStage): string {
  return STAGE_WORDS[stage];
}

/** Where those of the filter are. */
export function alertsPath(values: Partial<FilterValues>): string {
  return `/alerts?${new URLSearchParams(values).toString()}`;
}
