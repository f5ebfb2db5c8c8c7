import type { Component } from '../../src/model/order.js';
import { COMPONENT_QUANTITY_MAX, KIT_COMPONENTS_MAX } from './catalog.schemas.js';
import { KIT_DEPTH_MAX } from './listing.sql.js';

/** What a kit holds when all kits in it are taken apart. */
interface Contents {
  /** Kits above the innermost component: 1 for a kit of plain items, 0 for a plain item. */
  readonly depth: number;
  /** Base units by innermost component. */
  readonly units: ReadonlyMap<string, number>;
  /** Every item in it, kits included. */
  readonly items: ReadonlySet<string>;
}

/** What consists of what. Pure. */
export class KitGraph {
  private readonly known = new Map<string, Contents>();

  constructor(private readonly kits: ReadonlyMap<string, readonly Component[]>) {}

  /** A way from the kit back to itself, `A → B → A`; undefined when there is none. */
  circleOf(kit: string): string | undefined {
    const from = new Map<string, string>();
    const open = [kit];
    for (let item = open.pop(); item !== undefined; item = open.pop()) {
      for (const { sku } of this.kits.get(item) ?? []) {
        if (sku === kit) return [...wayTo(item, from), kit].join(' → ');
        if (from.has(sku)) continue;
        from.set(sku, item);
        open.push(sku);
      }
    }
    return undefined;
  }

  /** Why nobody could sell the kit, as the end of a sentence; undefined when it can be. For kits without a circle below. */
  faultOf(kit: string): string | undefined {
    const { depth, units } = this.contentsOf(kit);
    if (depth > KIT_DEPTH_MAX) return `has kits in kits ${depth} deep; at most ${KIT_DEPTH_MAX} are allowed`;
    if (units.size > KIT_COMPONENTS_MAX)
      return `consists of ${units.size} different items; at most ${KIT_COMPONENTS_MAX} are allowed`;
    const many = [...units].find(([, quantity]) => quantity > COMPONENT_QUANTITY_MAX);
    if (many === undefined) return undefined;
    return `needs ${many[1]} units of ${many[0]}; at most ${COMPONENT_QUANTITY_MAX} are allowed`;
  }

  /** Whether the item is in the kit, at whatever depth. */
  contains(kit: string, sku: string): boolean {
    return this.contentsOf(kit).items.has(sku);
  }

  private contentsOf(sku: string): Contents {
    const known = this.known.get(sku);
    if (known !== undefined) return known;
    const components = this.kits.get(sku) ?? [];
    let depth = 0;
    const units = new Map<string, number>();
    const items = new Set<string>();
    for (const component of components) {
      const inner = this.contentsOf(component.sku);
      depth = Math.max(depth, inner.depth + 1);
      items.add(component.sku);
      for (const item of inner.items) items.add(item);
      const parts = inner.depth === 0 ? new Map([[component.sku, 1]]) : inner.units;
      for (const [part, quantity] of parts) units.set(part, (units.get(part) ?? 0) + quantity * component.quantity);
    }
    const contents = { depth, units, items };
    this.known.set(sku, contents);
    return contents;
  }
}

function wayTo(item: string, from: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (let at: string | undefined = item; at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
