import type { ComponentType } from 'react';
import { createBrowserRouter, Navigate, type RouteObject } from 'react-router';
import { PageBroke } from './page-broke.js';
import { NotFound } from './not-found.js';
import { Shell } from './shell.js';

type PageModule = Promise<{ readonly default: ComponentType }>;

/** Each page is a file of its own, loaded when it is first opened. */
const page = (path: string, load: () => PageModule): RouteObject => ({
  path,
  errorElement: <PageBroke />,
  lazy: async () => ({ Component: (await load()).default }),
});

const PAGES: readonly RouteObject[] = [
  page('now', () => import('../pages/now/index.js')),
  page('orders', () => import('../pages/orders/index.js')),
  page('orders/:id', () => import('../pages/order/index.js')),
  page('alerts', () => import('../pages/alerts/index.js')),
  page('exceptions', () => import('../pages/exceptions/index.js')),
  page('exceptions/:id', () => import('../pages/exception/index.js')),
  page('inventory', () => import('../pages/inventory/index.js')),
  page('inventory/:sku', () => import('../pages/item/index.js')),
  page('inventory/:sku/:node', () => import('../pages/position/index.js')),
  page('systems', () => import('../pages/systems/index.js')),
  page('systems/:name', () => import('../pages/system/index.js')),
  page('channels/:key', () => import('../pages/channel/index.js')),
  page('performance', () => import('../pages/performance/index.js')),
  page('audit', () => import('../pages/audit/index.js')),
  page('search', () => import('../pages/search/index.js')),
];

export const router = createBrowserRouter(
  [
    {
      path: '/',
      element: <Shell />,
      errorElement: <PageBroke />,
      // Shown for the blink in which a page's own file comes.
      hydrateFallbackElement: <></>,
      children: [
        { index: true, element: <Navigate to="/now" replace /> },
        ...PAGES,
        { path: '*', element: <NotFound /> },
      ],
    },
  ],
  { basename: '/console' },
);
