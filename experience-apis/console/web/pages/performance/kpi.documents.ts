import { graphql } from '../../generated/index.js';

/** In two, each within what one operation may cost. */
export const TRENDS_OF_ORDERS = graphql(`
  query TrendsOfOrders($from: String!, $channel: String) {
    acceptance: kpiSeries(kpi: ORDER_ACCEPTANCE_LAG, from: $from, channel: $channel) {
      ...KpiTrend
    }
    lifecycle: kpiSeries(kpi: ORDER_LIFECYCLE_LATENCY, from: $from, channel: $channel) {
      ...KpiTrend
    }
    posting: kpiSeries(kpi: ERP_POSTING_SUCCESS_RATE, from: $from, channel: $channel) {
      ...KpiTrend
    }
    release: kpiSeries(kpi: WAREHOUSE_RELEASE_TIME, from: $from, channel: $channel) {
      ...KpiTrend
    }
    confirmation: kpiSeries(kpi: SHIPMENT_CONFIRMATION_TIMELINESS, from: $from, channel: $channel) {
      ...KpiTrend
    }
    cancellation: kpiSeries(kpi: CANCELLATION_RATE, from: $from, channel: $channel) {
      ...KpiTrend
    }
    oversell: kpiSeries(kpi: OVERSELL_RATE, from: $from, channel: $channel) {
      ...KpiTrend
    }
  }

  fragment KpiTrend on KpiSeries {
    definition {
      kpi
      title
      definition
      unit
      better
      target
      grouping
    }
    points {
      day
      count
      numerator
      denominator
      value
    }
  }
`);

export const TRENDS_OF_THE_REST = graphql(`
  query TrendsOfTheRest($from: String!, $channel: String) {
    delay: kpiSeries(kpi: INVENTORY_UPDATE_DELAY, from: $from, channel: $channel) {
      ...KpiTrend
    }
    accuracy: kpiSeries(kpi: INVENTORY_ACCURACY, from: $from, channel: $channel) {
      ...KpiTrend
    }
    drift: kpiSeries(kpi: INVENTORY_DRIFT, from: $from, channel: $channel) {
      ...KpiTrend
    }
    volume: kpiSeries(kpi: EXCEPTION_VOLUME, from: $from, channel: $channel) {
      ...KpiTrend
    }
    ageing: kpiSeries(kpi: EXCEPTION_AGEING, from: $from, channel: $channel) {
      ...KpiTrend
    }
    interventions: kpiSeries(kpi: MANUAL_INTERVENTIONS, from: $from, channel: $channel) {
      ...KpiTrend
    }
    acknowledgements: kpiSeries(kpi: FAILED_ACKNOWLEDGEMENTS, from: $from, channel: $channel) {
      ...KpiTrend
    }
    duplicates: kpiSeries(kpi: DUPLICATE_ORDER_RATE, from: $from, channel: $channel) {
      ...KpiTrend
    }
  }
`);

export const SERIES = graphql(`
  query KpiSeriesShown(
    $kpi: Kpi!
    $from: String!
    $channel: String
    $node: String
    $by: KpiGrouping!
    $medians: Boolean!
  ) {
    kpiSeries(kpi: $kpi, from: $from, channel: $channel, node: $node, by: $by) {
      definition {
        kpi
        title
        definition
        unit
        better
        target
        grouping
      }
      points {
        day
        channel
        node
        stage
        count
        numerator
        denominator
        value
        p50 @include(if: $medians)
        p95 @include(if: $medians)
        max @include(if: $medians)
      }
    }
  }
`);

export const PLACES_OF_KPIS = graphql(`
  query PlacesOfKpis {
    channels {
      id
      key
      name
    }
    fulfillmentNodes {
      id
      key
      name
    }
  }
`);

export const KPI_MOVED = graphql(`
  subscription KpiMoved($channel: String, $after: Cursor) {
    kpiChanged(channel: $channel, after: $after) {
      cursor
      kpi
    }
  }
`);
