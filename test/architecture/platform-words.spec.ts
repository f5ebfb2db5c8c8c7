import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/platform/db/package-root.js';

const RETAIL_WORDS = new Set(
  'order shipment sku stock inventory carrier marketplace amazon shopify sap erp wms'
    .split(' ')
    .flatMap((word) => [word, `${word}s`]),
);

/** Names in which "order" is the sequence of things, as SQL and TypeORM use it. */
const SEQUENCE_NAME = /^(?:in|un|then|add)?order(?:ed|ing)?(?:by)?$/i;
/** In a text the word that stands alone is English or SQL (`order by`); a table or a path joins it to another. */
const SEQUENCE_TEXT = /(?<![\w/.-])order(?![\w/-])/gi;

/** The words of a name or a text: `orderLine_SKU` has order, line, sku. */
function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

function retailWordsIn(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const check = (shown: string, checked: string): void => {
    if (wordsOf(checked).some((word) => RETAIL_WORDS.has(word))) found.push(`${file}: ${shown.slice(0, 80)}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      check(node.text, SEQUENCE_NAME.test(node.text) ? '' : node.text);
    } else if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      check(node.text, node.text.replaceAll(SEQUENCE_TEXT, ''));
    }
    ts.forEachChild(node, visit);
  };
  check(file, file);
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

describe('the platform', () => {
  it('has no retail word in its names and texts', async () => {
    const root = packageRoot();
    const found: string[] = [];
    for await (const file of glob('src/platform/**/*.ts', { cwd: root })) {
      if (file.endsWith('.spec.ts')) continue;
      found.push(...retailWordsIn(file, await readFile(join(root, file), 'utf8')));
    }
    expect(found).toEqual([]);
  });
});

describe('the search for retail words', () => {
  it.each([
    ['a name', 'const orderLines = 1;'],
    ['a type', 'interface ErpAnswer { readonly id: string }'],
    ['a property', 'export const x = { skuCount: 1 };'],
    ['a text', "const table = 'sales_orders';"],
    ['a statement', 'const sql = `select * from stock order by id`;'],
    ['a path in an import', "import { x } from './shipment.js';"],
  ])('sees %s', (_what, text) => {
    expect(retailWordsIn('src/platform/a.ts', text)).toHaveLength(1);
  });

  it.each([
    ['a comment', '// kept in the order of their arrival, as an ERP does\nconst a = 1;'],
    ['sorting', 'const sql = `select id from event order by id`; query.orderBy(id);'],
    ['words that only begin alike', 'const border = recorder; const enterprise = 1;'],
  ])('lets pass %s', (_what, text) => {
    expect(retailWordsIn('src/platform/a.ts', text)).toEqual([]);
  });
});
