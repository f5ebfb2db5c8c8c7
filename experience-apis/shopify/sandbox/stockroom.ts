/** Where items of no stocked SKU are planned. */
const DEFAULT_LOCATION = 1;
/** Idempotency keys remembered; Shopify keeps them for 24 hours, which no run of the sandbox reaches in keys. */
const KEYS_MAX = 10_000;

/** A sellable item as the shop stocks it. */
export interface StockedItem {
  readonly sku: string;
  readonly inventoryItemId: number;
  readonly locationId: number;
  readonly available: number;
}

/** Shopify's inventory levels: what is available of an item at a location. It sells from them by itself. */
export class Stockroom {
  private readonly levels = new Map<string, { item: number; location: number; available: number }>();
  private readonly bySku = new Map<string, StockedItem>();
  private readonly skuOfItem = new Map<number, string>();
  private readonly keys = new Map<string, string>();

  constructor(items: readonly StockedItem[]) {
    for (const item of items) {
      if (!this.bySku.has(item.sku)) this.bySku.set(item.sku, item);
      this.skuOfItem.set(item.inventoryItemId, item.sku);
      const level = { item: item.inventoryItemId, location: item.locationId, available: item.available };
      this.levels.set(levelKey(level.item, level.location), level);
    }
  }

  hasItem(item: number): boolean {
    return this.skuOfItem.has(item);
  }

  skuOf(item: number): string | undefined {
    return this.skuOfItem.get(item);
  }

  available(item: number, location: number): number | undefined {
    return this.levels.get(levelKey(item, location))?.available;
  }

  locationOf(sku: string): number {
    return this.bySku.get(sku)?.locationId ?? DEFAULT_LOCATION;
  }

  /** Sells units (or puts them back, when negative). Like Shopify, it may oversell: the level goes below zero. */
  take(sku: string, units: number): void {
    const item = this.bySku.get(sku);
    const level = item && this.levels.get(levelKey(item.inventoryItemId, item.locationId));
    if (level) level.available -= units;
  }

  put(item: number, location: number, available: number): void {
    const level = this.levels.get(levelKey(item, location));
    if (level) level.available = available;
  }

  /** What an idempotency key was used for before. */
  fingerprintOf(key: string): string | undefined {
    return this.keys.get(key);
  }

  set(
    key: string,
    fingerprint: string,
    changes: readonly { readonly item: number; readonly location: number; readonly quantity: number }[],
  ): void {
    for (const { item, location, quantity } of changes) this.put(item, location, quantity);
    this.keys.set(key, fingerprint);
    const oldest = this.keys.keys().next();
    if (this.keys.size > KEYS_MAX && !oldest.done) this.keys.delete(oldest.value);
  }

  all(): readonly {
    readonly sku: string;
    readonly item: number;
    readonly location: number;
    readonly available: number;
  }[] {
    return [...this.levels.values()].map((level) => ({ sku: this.skuOfItem.get(level.item) ?? '', ...level }));
  }
}

function levelKey(item: number, location: number): string {
  return `${item}@${location}`;
}
