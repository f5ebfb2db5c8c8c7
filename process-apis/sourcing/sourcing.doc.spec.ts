import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stockNode } from '../../src/model/stock.js';
import { rankNodes } from './rank-nodes.js';
import { parseSourcingPolicy, SOURCING_CRITERIA } from './sourcing-policy.js';

const DOC = readFileSync(new URL('../../docs/sourcing.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...DOC.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
const POLICIES = blocks('json').map((text) => parseSourcingPolicy('shop', JSON.parse(text)));

const berlin = { timeZone: 'Europe/Berlin', country: 'DE' };
const NODES = [
  stockNode({ id: 'dc-hamburg', ...berlin, cutOff: '16:00', latitude: 53.55, longitude: 9.99 }),
  stockNode({ id: 'dc-leipzig', ...berlin, cutOff: '12:00', latitude: 51.34, longitude: 12.37 }),
  stockNode({ id: 'dc-munich', ...berlin, latitude: 48.137, longitude: 11.576 }),
  stockNode({
    id: 'store-mitte',
    ...berlin,
    kind: 'STORE',
    shipsFromStore: true,
    cutOff: '14:00',
    latitude: 52.531,
    longitude: 13.384,
  }),
  stockNode({ id: 'store-wedding', ...berlin, kind: 'STORE', shipsFromStore: true }),
  stockNode({ id: 'third-poznan', kind: 'THIRD_PARTY', country: 'PL' }),
];

describe('docs/sourcing.md', () => {
  it('shows policies that can be saved, and tells of every criterion', () => {
    expect(POLICIES).toHaveLength(3);
    expect(SOURCING_CRITERIA.filter((criterion) => !DOC.includes(`| \`${criterion}\``))).toEqual([]);
  });

  it('shows the dry run as it is', () => {
    const [, policy] = POLICIES;
    if (policy === undefined) throw new Error('the second example is missing');
    const { choices, excluded } = rankNodes(
      {
        channel: 'shop',
        now: '2026-01-14T12:25:00.000Z',
        destination: { country: 'DE', postalZone: '10115' },
        method: 'SHIP',
        refusedBy: new Set(),
      },
      NODES,
      policy,
      (node) =>
        new Map([
          ['store-mitte', 40],
          ['store-wedding', 0],
        ]).get(node),
    );
    const lines = [
      'choices',
      ...choices.map(({ node, rank, because }) => `  ${rank}  ${node.padEnd(12)}  ${because.join(' · ')}`),
      'excluded',
      ...excluded.map(({ node, code, reason }) => `  ${node.padEnd(15)}  ${code.padEnd(19)}  ${reason}`),
    ];
    expect(blocks('text')).toEqual([`${lines.join('\n')}\n`]);
  });
});
