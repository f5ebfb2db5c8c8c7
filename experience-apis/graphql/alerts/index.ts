import type { Provider } from '@nestjs/common';
import { ALERTS_PAGE_MAX } from '../../../process-apis/alerts/index.js';
import { AlertFieldsResolver, AlertResolver } from './alert.resolver.js';
import { SlaSettingsQueryResolver, SlaSettingsResolver } from './sla-settings.resolver.js';

export const ALERT_RESOLVERS: readonly Provider[] = [
  AlertResolver,
  AlertFieldsResolver,
  SlaSettingsQueryResolver,
  SlaSettingsResolver,
];

/** The most entries of each paged field. */
export const ALERT_PAGE_SIZES = { 'Query.alerts': ALERTS_PAGE_MAX } as const;
