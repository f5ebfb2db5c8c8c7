/** A page that people go to by itself. */
export interface Place {
  readonly path: string;
  readonly title: string;
  /** After `g`. */
  readonly key: string;
  /** Without it the page has nothing to show. */
  readonly scope: string;
}

export const PLACES: readonly Place[] = [
  { path: '/now', title: 'Now', key: 'n', scope: 'kpi:read' },
  { path: '/orders', title: 'Orders', key: 'o', scope: 'orders:read' },
  { path: '/exceptions', title: 'Exceptions', key: 'e', scope: 'exceptions:read' },
  { path: '/inventory', title: 'Inventory', key: 'i', scope: 'stock:read' },
  { path: '/systems', title: 'Channels and systems', key: 's', scope: 'policies:read' },
  { path: '/performance', title: 'Performance', key: 'p', scope: 'kpi:read' },
  { path: '/audit', title: 'Audit', key: 'a', scope: 'audit:read' },
];
