import { getDirectiveValues, GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { gid, idOf } from './admin-views.js';
import type { ShopEntry } from './shop-entries.js';
import type { Shop } from './shop.js';

const QUANTITIES_MAX = 250;

interface QuantityInput {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly changeFromQuantity?: number | null;
}

interface SetQuantitiesArgs {
  readonly input: { readonly name: string; readonly reason: string; readonly quantities: readonly QuantityInput[] };
}

interface QuantityError {
  readonly code: string;
  readonly field: readonly string[];
  readonly message: string;
}

/** `inventorySetQuantities`: sets all or none; each only from the quantity that the caller believes is there. */
export function setQuantities(
  shop: Shop,
  record: (entry: ShopEntry) => void,
  now: () => string,
  { input }: SetQuantitiesArgs,
  info: GraphQLResolveInfo,
): object {
  const key = idempotencyKey(info);
  checkShape(input.quantities);
  const fingerprint = JSON.stringify(input);
  const used = shop.stock.fingerprintOf(key);
  const group = {
    __typename: 'InventoryAdjustmentGroup',
    id: gid('InventoryAdjustmentGroup', 1),
    reason: input.reason,
  };
  const done = { inventoryAdjustmentGroup: { ...group, createdAt: now() }, userErrors: [] };
  if (used === fingerprint) return done;
  const userErrors = used === undefined ? refusals(shop, input) : [mismatch()];
  if (userErrors.length > 0) return { inventoryAdjustmentGroup: null, userErrors };
  const changes = input.quantities.map(({ inventoryItemId, locationId, quantity }) => ({
    item: idOf('InventoryItem', inventoryItemId) ?? 0,
    location: idOf('Location', locationId) ?? 0,
    quantity,
  }));
  record({ kind: 'quantities', at: now(), key, fingerprint, changes });
  return done;
}

/** From 2026-04 on the directive is mandatory at run time, though the schema does not say so. */
function idempotencyKey(info: GraphQLResolveInfo): string {
  const directive = info.schema.getDirective('idempotent');
  const [node] = info.fieldNodes;
  const key = directive && node && getDirectiveValues(directive, node, info.variableValues)?.key;
  if (typeof key === 'string' && key !== '') return key;
  throw badRequest('The @idempotent directive is required for this mutation but was not provided.');
}

function checkShape(quantities: readonly QuantityInput[]): void {
  if (quantities.length > QUANTITIES_MAX)
    throw badRequest(`The input array size of ${quantities.length} is greater than the maximum allowed of 250.`);
  // Left out is an error from 2026-04 on; null says outright that nothing is to be compared.
  if (quantities.some((quantity) => !('changeFromQuantity' in quantity)))
    throw badRequest('The changeFromQuantity field is required: pass null to opt out of the comparison.');
}

function refusals(shop: Shop, input: SetQuantitiesArgs['input']): readonly QuantityError[] {
  if (input.name !== 'available')
    return [error('INVALID_NAME', ['input', 'name'], "The sandbox sets the quantity 'available' only.")];
  const seen = new Set<string>();
  return input.quantities.flatMap((quantity, index) => {
    const place = ['input', 'quantities', String(index)];
    const pair = `${quantity.inventoryItemId} ${quantity.locationId}`;
    if (seen.has(pair))
      return [
        error(
          'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR',
          place,
          'The combination of inventoryItemId and locationId must be unique.',
        ),
      ];
    seen.add(pair);
    return refusalOf(shop, quantity, place);
  });
}

function refusalOf(shop: Shop, quantity: QuantityInput, place: readonly string[]): readonly QuantityError[] {
  const item = idOf('InventoryItem', quantity.inventoryItemId) ?? 0;
  if (!shop.stock.hasItem(item))
    return [error('INVALID_INVENTORY_ITEM', [...place, 'inventoryItemId'], 'The inventory item could not be found.')];
  const available = shop.stock.available(item, idOf('Location', quantity.locationId) ?? 0);
  if (available === undefined)
    return [error('ITEM_NOT_STOCKED_AT_LOCATION', [...place, 'locationId'], 'The inventory item is not stocked here.')];
  if (quantity.quantity < 0)
    return [error('INVALID_QUANTITY_NEGATIVE', [...place, 'quantity'], "The quantity can't be negative.")];
  const from = quantity.changeFromQuantity ?? available;
  if (from === available) return [];
  const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
  return [error('CHANGE_FROM_QUANTITY_STALE', [...place, 'changeFromQuantity'], message)];
}

function mismatch(): QuantityError {
  const message = 'The same idempotency key cannot be used with different operation parameters.';
  return error('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', [], message);
}

function error(code: string, field: readonly string[], message: string): QuantityError {
  return { code, field, message };
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
