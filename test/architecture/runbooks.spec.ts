import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EXCEPTION_ACTIONS,
  EXCEPTION_CATEGORIES,
  categoryDefinition,
  type ExceptionCategory,
} from '../../src/model/exception.js';
import { packageRoot } from '../../src/platform/db/package-root.js';
import { startHubUnderTest, type HubUnderTest } from '../support/hub-under-test.js';
import { renderedMetrics } from '../support/rendered-metrics.js';
import { routesOf } from '../support/routes.js';

const ROOT = packageRoot();
const FOLDER = join(ROOT, 'docs', 'runbooks');
const HEADINGS = ['What it means', 'See it', 'Do', 'Verify'];
const ALERTS = [
  'alert-backlog',
  'alert-breaker-open',
  'alert-connections',
  'alert-database-down',
  'alert-dead-letters',
  'alert-drift',
  'alert-edge-errors',
  'alert-event-log-lag',
  'alert-hub-down',
  'alert-rate-budget',
];
const CATEGORIES = Object.keys(EXCEPTION_CATEGORIES) as readonly ExceptionCategory[];

let pages: ReadonlyMap<string, string>;
let sut: HubUnderTest;

beforeAll(async () => {
  const found = new Map<string, string>();
  for await (const file of glob('*.md', { cwd: FOLDER }))
    found.set(basename(file, '.md'), await readFile(join(FOLDER, file), 'utf8'));
  pages = found;
  sut = await startHubUnderTest();
});
afterAll(() => sut.close());

/** Of the runbooks, and of the page that sends people there. */
async function everyPage(): Promise<readonly (readonly [string, string])[]> {
  const recover = await readFile(join(ROOT, 'docs', 'recover.md'), 'utf8');
  return [...pages, ['../recover', recover]];
}

function fenced(text: string, language: string): readonly string[] {
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, tag, code = '']) =>
    tag === language ? [code] : [],
  );
}

/** Texts in backticks, outside of fenced code. */
function quoted(text: string): readonly string[] {
  return [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

describe('the runbooks', () => {
  it('are there for each category and each alert, listed, and no other', () => {
    const expected = [...CATEGORIES, ...ALERTS, 'README'];
    expect([...pages.keys()].toSorted()).toEqual(expected.toSorted());
    const index = pages.get('README') ?? '';
    for (const name of [...CATEGORIES, ...ALERTS]) expect(index).toContain(`(${name}.md)`);
  });

  it('say what it means, how to see it, what to do and how to verify, in that sequence', () => {
    for (const name of [...CATEGORIES, ...ALERTS]) {
      const headings = [...(pages.get(name) ?? '').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect([name, ...headings]).toEqual([name, ...HEADINGS]);
    }
  });

  it('name the actions of their category, and each of them but IGNORE at least once', () => {
    const wrong = CATEGORIES.flatMap((category) => {
      const { actions } = categoryDefinition(category);
      const named = EXCEPTION_ACTIONS.filter((action) => quoted(pages.get(category) ?? '').includes(action));
      const foreign = named
        .filter((action) => !actions.includes(action))
        .map((action) => `${category} has no ${action}`);
      const missing = actions.filter((action) => action !== 'IGNORE' && !named.includes(action));
      return [...foreign, ...missing.map((action) => `${category} does not say when to ${action}`)];
    });
    expect(wrong).toEqual([]);
  });

  it('quote GraphQL that the schema takes', async () => {
    const texts: string[] = [];
    for await (const file of glob('schema/graphql/*.graphql', { cwd: ROOT }))
      texts.push(await readFile(join(ROOT, file), 'utf8'));
    const schema = buildSchema(texts.join('\n'));
    for (const [name, text] of await everyPage())
      for (const query of fenced(text, 'graphql')) expect([name, validate(schema, parse(query))]).toEqual([name, []]);
  });

  it('quote SQL that the database takes', async () => {
    const wrong: string[] = [];
    for (const [name, text] of await everyPage()) {
      const whole = quoted(text).filter((code) => /^select .* from /.test(code));
      for (const sql of [...fenced(text, 'sql'), ...whole]) {
        // What a reader fills in stands in angle brackets.
        const statement = sql.replaceAll(/'[^'\n]*<\w[^'\n]*'/g, "'x'").replace(/;\s*$/, '');
        try {
          await sut.pool.query(`explain ${statement}`);
        } catch (error) {
          wrong.push(`${name}: ${String(error)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('quote endpoints, commands, settings, metrics and pages that exist', async () => {
    const routes = new Set(routesOf(sut.hub.app).map(({ method, path }) => `${method} ${shape(path)}`));
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const commands = new Set(
      [...(await readFile(join(ROOT, 'src', 'cli.ts'), 'utf8')).matchAll(/^ {2}'?([a-z-]+)'?: \{$/gm)].map(
        ([, name]) => name,
      ),
    );
    const settings = await readFile(join(ROOT, 'docs', 'configuration.md'), 'utf8');
    const metrics = await renderedMetrics(sut);
    const wrong: string[] = [];
    for (const [name, text] of await everyPage()) {
      for (const code of quoted(text)) {
        const route = /^(GET|PUT|POST|DELETE) (\/[^\s?]+)/.exec(code);
        // The warehouse's side of its contract is not the hub's.
        if (route !== null && !code.includes('/v1/releases/') && !routes.has(`${route[1]} ${shape(route[2] ?? '')}`))
          wrong.push(`${name}: ${code}`);
        const command = /npx entrepot ([a-z-]+)/.exec(code)?.[1];
        if (command !== undefined && !commands.has(command)) wrong.push(`${name}: ${code}`);
        const script = /npm run (?:-s )?([\w:]+)/.exec(code)?.[1];
        if (script !== undefined && scripts[script] === undefined) wrong.push(`${name}: ${code}`);
        const setting = /ENTREPOT_[A-Z_]*[A-Z]/.exec(code)?.[0];
        const metric = /\bentrepot_\w+/.exec(code)?.[0];
        if (metric !== undefined && !metrics.has(metric)) wrong.push(`${name}: ${code}`);
        if (setting !== undefined && !setting.startsWith('ENTREPOT_SECRET') && !settings.includes(setting))
          wrong.push(`${name}: ${code}`);
      }
      for (const [, link = ''] of text.matchAll(/\]\(([^)#]+\.md)/g)) {
        const target = join(FOLDER, dirname(name), link);
        const there = await readFile(target, 'utf8').then(
          () => true,
          () => false,
        );
        if (!there) wrong.push(`${name}: ${link}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** `/a/{id}` and `/a/:id` are one. */
function shape(path: string): string {
  return path.replaceAll(/\{\w+\}|:\w+/g, '*').replaceAll(/\/$/g, '');
}
