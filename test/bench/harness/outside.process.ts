import { startWorld, type World } from '../../../src/demo/world.js';
import { placeOrders } from '../../support/place-orders.js';
import { skusOfOrder } from '../lifecycle/lifecycle-items.js';
import { serveParent } from './helper-process.js';
import type { OutsideAddress } from './outside.js';

const AT_ONCE = { pickMs: 0, packMs: 0, shipMs: 0 } as const;
const ALL_WHOLE = { partialShipments: 0, severalPackages: 0, shortPicks: 0, rejections: 0 } as const;

let world: World | undefined;

async function start(): Promise<OutsideAddress> {
  world = await startWorld({
    wms: { ...AT_ONCE, variation: ALL_WHOLE },
    sap: { decisionDelayMs: 0, billingDelayMs: 0 },
  });
  const { accounts, systemSections, secretValues } = world;
  return { accounts, systemSections, secretValues };
}

function connect({ hubUrl, notificationToken }: { hubUrl: string; notificationToken: string }): void {
  world?.connect(hubUrl, notificationToken);
}

/** So many at each marketplace. */
function place({ orders }: { orders: number }): void {
  if (world === undefined) throw new Error('the sandboxes are not started');
  const channels = placeOrders(world, '', '');
  for (let n = 0; n < orders; n += 1) {
    const lines = skusOfOrder(n).map((sku) => ({ sku, quantity: 1 }));
    channels.placeAmazon(lines);
    channels.placeShopify(lines);
  }
}

serveParent({ start, connect, place });
