import type { ExceptionCategory } from '../../src/model/exception.js';
import type { OutsideSystem, WaitFailure } from '../../src/model/order.js';

/** What the ERP's reasons are to a business person. */
const ERP_REASONS: Readonly<Record<string, ExceptionCategory>> = {
  UNKNOWN_ITEM: 'UNKNOWN_ERP_ITEM',
  CUSTOMER_MISSING: 'CUSTOMER_ACCOUNT',
  CREDIT_HOLD: 'CREDIT_HOLD',
};

const REJECTED_BY: Readonly<Partial<Record<OutsideSystem, ExceptionCategory>>> = {
  CHANNEL: 'CHANNEL_REJECTED',
  ERP: 'ERP_REJECTED',
  WMS: 'WAREHOUSE_REJECTED',
  CARRIER: 'CARRIER_FAILURE',
};

/** Of a sales order that the ERP refused, by the adapter's reason. */
export function refusalCategory(code: string | undefined): ExceptionCategory {
  return ERP_REASONS[code ?? ''] ?? 'ERP_REJECTED';
}

/**
 * What a failed call is to a business person; undefined while it passes by itself. Credentials are told before anybody gives
 * up: nothing but a person mends them.
 */
export function failureCategory(system: OutsideSystem, failure: WaitFailure): ExceptionCategory | undefined {
  if (failure.kind === 'authentication') return 'CREDENTIALS';
  if (!failure.final) return undefined;
  switch (failure.kind) {
    case 'rejected': {
      const category = system === 'ERP' ? refusalCategory(failure.code) : REJECTED_BY[system];
      return category ?? 'GAVE_UP';
    }
    case 'contract':
      return 'CONTRACT_CHANGED';
    case 'mapping':
      return REJECTED_BY[system] ?? 'GAVE_UP';
    default:
      return 'GAVE_UP';
  }
}
