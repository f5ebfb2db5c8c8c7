import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GetOrderAnswerWire, OrderWire, SearchOrdersAnswerWire, type Order2026 } from '../amazon.wire.js';
import { z } from 'zod';

const ORDER_FIXTURES = [
  'orders_2026-01-01.getOrder.200.sandbox0.json',
  'orders_2026-01-01.getOrder.200.sandbox1.json',
  'orders_2026-01-01.searchOrders.200.sandbox0.json',
  'orders_2026-01-01.searchOrders.200.sandbox1.json',
];
const fixtureSchema = z.object({ response: z.union([GetOrderAnswerWire, SearchOrdersAnswerWire]) });

let samples: readonly Order2026[] | undefined;

/** Amazon's own example orders, read once. */
export function sampleOrders(): readonly Order2026[] {
  samples ??= ORDER_FIXTURES.flatMap(readOrders);
  return samples;
}

/** The folder of the vendor's samples. The build copies no JSON, so it is found from the package's root. */
export function fixturesFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return join(folder, 'experience-apis', 'amazon', 'fixtures');
}

function readOrders(file: string): readonly Order2026[] {
  const text = readFileSync(join(fixturesFolder(), file), 'utf8');
  const { response } = fixtureSchema.parse(JSON.parse(text));
  return z.array(OrderWire).parse('order' in response ? [response.order] : response['orders']);
}
