import { SapS4HanaModule } from '../../system-apis/erp/sap-s4hana/sap-s4hana.module.js';
import { sapS4HanaSettingsSchema } from '../../system-apis/erp/sap-s4hana/sap-s4hana.settings.js';
import { WmsRestModule } from '../../system-apis/wms/rest/index.js';
import { z } from 'zod';
import type { DynamicModule } from '@nestjs/common';
import type { SystemSettings } from '../platform/config/system-settings.js';

/** The outside systems of this installation, as the systems file names them. Throws ConfigError. */
export function systemModules(settings: SystemSettings): readonly DynamicModule[] {
  const erp = settings.section('erp', z.object({ kind: z.literal('sap-s4hana'), settings: sapS4HanaSettingsSchema }));
  const wms = settings.section(
    'wms',
    z.object({
      kind: z.literal('rest'),
      settings: z.object({
        url: z.url(),
        tokenSecret: z.string().min(1),
        webhookSecrets: z.array(z.string().min(1)).min(1).max(2),
        timeoutMs: z.int().positive().optional(),
      }),
    }),
  );
  const { timeoutMs, ...rest } = wms.settings;
  return [
    { ...SapS4HanaModule.forRoot(erp.settings), global: true },
    WmsRestModule.forRoot({ ...rest, ...(timeoutMs === undefined ? {} : { timeoutMs }) }),
  ];
}
