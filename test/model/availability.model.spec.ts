import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PLACES, SKUS } from './ledger-context.js';
import { CHANNELS, LISTINGS, ShopFloor } from './shop-floor.js';

const RUNS = 250;
const STEPS_MAX = 60;

type Step = (floor: ShopFloor) => void;

const sku = fc.constantFrom(...SKUS);
const place = fc.constantFrom(...PLACES);
const channel = fc.constantFrom(...CHANNELS);
const some = fc.nat(20);

/** A step with what it is called, so that a failing run reads as a story. */
function step<Values extends readonly unknown[]>(
  name: string,
  given: fc.Arbitrary<Values>,
  run: (floor: ShopFloor, ...values: Values) => void,
): fc.Arbitrary<Step> {
  return given.map((values) =>
    Object.assign((floor: ShopFloor) => run(floor, ...values), {
      [fc.toStringMethod]: () => `${name}(${values.join(', ')})`,
    }),
  );
}

const steps: readonly { readonly weight: number; readonly arbitrary: fc.Arbitrary<Step> }[] = [
  {
    weight: 4,
    arbitrary: step(
      'arrive',
      fc.tuple(sku, place, fc.integer({ min: 1, max: 30 }), fc.constantFrom('each', 'case')),
      (floor, ...news) => floor.arrive(...news),
    ),
  },
  { weight: 1, arbitrary: step('lose', fc.tuple(sku, place, some), (floor, ...news) => floor.lose(...news)) },
  { weight: 2, arbitrary: step('count', fc.tuple(sku, place), (floor, ...where) => floor.count(...where)) },
  { weight: 6, arbitrary: step('deliver', fc.tuple(some, fc.boolean()), (floor, ...which) => floor.deliver(...which)) },
  {
    weight: 6,
    arbitrary: step(
      'order',
      fc.tuple(channel, fc.constantFrom(...LISTINGS), fc.integer({ min: 1, max: 12 })),
      (floor, ...wish) => floor.order(...wish),
    ),
  },
  { weight: 1, arbitrary: step('cancel', fc.tuple(some), (floor, index) => floor.cancel(index)) },
  { weight: 4, arbitrary: step('work', fc.tuple(some, fc.boolean()), (floor, ...which) => floor.work(...which)) },
  { weight: 1, arbitrary: step('arriveLateShipment', fc.tuple(), (floor) => floor.arriveLateShipment()) },
  { weight: 2, arbitrary: step('resume', fc.tuple(), (floor) => floor.resume()) },
  {
    weight: 2,
    arbitrary: step('putInCart', fc.tuple(channel, sku, fc.integer({ min: 1, max: 9 })), (floor, ...wish) =>
      floor.putInCart(...wish),
    ),
  },
  { weight: 1, arbitrary: step('endCart', fc.tuple(fc.boolean()), (floor, bought) => floor.endCart(bought)) },
  {
    weight: 2,
    arbitrary: step(
      'setRule',
      fc.tuple(sku, channel, fc.constantFrom('SHARE', 'CAP', 'BUFFER', 'EXCLUSIVE'), fc.nat(10)),
      (floor, ...rule) => floor.setRule(...rule),
    ),
  },
  { weight: 1, arbitrary: step('dropRules', fc.tuple(sku), (floor, of) => floor.dropRules(of)) },
];

it('stays sound after each step, promises what it gives, and agrees with the shelves when all news has arrived', () => {
  const property = fc.property(
    fc.array(fc.oneof(...steps), { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
    (story) => {
      const floor = new ShopFloor();
      for (const happens of story) {
        happens(floor);
        floor.expectSound();
      }
      floor.settle();
      floor.expectSound();
    },
  );
  expect(fc.defaultReportMessage(fc.check(property, { numRuns: RUNS }))).toBeUndefined();
}, 120_000);
