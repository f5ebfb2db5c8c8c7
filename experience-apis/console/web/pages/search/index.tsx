import type { ReactElement } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { Page } from '../../app/page.js';
import { troubleOf } from '../../app/trouble.js';
import { graphql } from '../../generated/index.js';
import type { SearchQuery } from '../../generated/graphql.js';
import {
  Badge,
  Card,
  DataTable,
  EmptyState,
  ErrorState,
  plainWords,
  RelativeTime,
  StatusBadge,
  type Column,
} from '../../ui/index.js';
import { itemPath, orderPath } from '../shared/paths.js';
import { ORDER_TONE } from '../shared/states.js';

const SEARCH = graphql(`
  query Search($text: String!) {
    search(text: $text, first: 30) {
      more
      kindsTried
      hits {
        kind
        matched
        exact
        subject {
          __typename
          ... on Order {
            id
            channel
            reference
            displayReference
            status
            placedAt
          }
          ... on Item {
            sku
            title
            active
          }
        }
      }
    }
  }
`);

type Hit = SearchQuery['search']['hits'][number];

/** One thing that was found, by all that found it. */
interface Found {
  readonly subject: Hit['subject'];
  readonly hits: readonly Hit[];
}

const TEXT_CHARS_MIN = 3;

/** Whatever a person holds in the hand, and what it belongs to. The only exact hit is opened at once. */
export default function SearchPage(): ReactElement {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const text = (params.get('q') ?? '').trim();
  const tooShort = text.length < TEXT_CHARS_MIN;
  const [{ data, error, fetching }, read] = useQuery({
    query: SEARCH,
    variables: { text },
    pause: tooShort,
    requestPolicy: 'network-only',
  });
  const found = tooShort || fetching ? undefined : data?.search;
  const only = found === undefined ? undefined : onlyExact(found.hits);
  if (only !== undefined) return <Navigate to={pathOf(only.subject)} replace />;
  return (
    <Page title={text === '' ? 'Search' : `Search: ${text}`}>
      {error === undefined ? null : (
        <ErrorState {...troubleOf(error)} onRetry={() => read({ requestPolicy: 'network-only' })} />
      )}
      {tooShort ? (
        <EmptyState title={`Type ${TEXT_CHARS_MIN} characters or more`}>
          An order number of any system, a tracking number, an ERP document, a return, an e-mail address, a SKU.
        </EmptyState>
      ) : (
        <Card flush>
          <DataTable
            caption="What was found"
            columns={COLUMNS}
            rows={error === undefined ? found && bySubject(found.hits) : []}
            keyOf={({ subject }) => keyOf(subject)}
            pageKeys
            onOpen={({ subject }) => void navigate(pathOf(subject))}
            empty={<NothingFound kinds={found?.kindsTried ?? []} />}
          />
        </Card>
      )}
      {found?.more === true ? <p className="muted small">There is more: a longer text finds fewer.</p> : null}
    </Page>
  );
}

const COLUMNS: readonly Column<Found>[] = [
  {
    key: 'subject',
    title: 'Found',
    phone: 'title',
    render: ({ subject }) => <Link to={pathOf(subject)}>{nameOf(subject)}</Link>,
  },
  {
    key: 'matched',
    title: 'By',
    wrap: true,
    render: ({ hits }) => (
      <span className="row">
        {hits.map(({ kind, matched, exact }) => (
          <span key={`${kind} ${matched}`}>
            {plainWords(kind)} <code className="wrap-anywhere">{matched}</code>{' '}
            {exact ? <Badge tone="ok">exact</Badge> : null}
          </span>
        ))}
      </span>
    ),
  },
  { key: 'state', title: 'State', render: ({ subject }) => stateOf(subject) },
  {
    key: 'channel',
    title: 'Channel',
    render: ({ subject }) => (subject.__typename === 'Order' ? subject.channel : <span className="faint">–</span>),
  },
  {
    key: 'placed',
    title: 'Placed',
    align: 'end',
    render: ({ subject }) => <RelativeTime at={subject.__typename === 'Order' ? subject.placedAt : undefined} />,
  },
];

function stateOf(subject: Hit['subject']): ReactElement {
  if (subject.__typename === 'Order') return <StatusBadge status={subject.status} tone={ORDER_TONE[subject.status]} />;
  return <Badge>{subject.active ? 'Item' : 'Item, not sold any more'}</Badge>;
}

function NothingFound({ kinds }: { readonly kinds: readonly string[] }): ReactElement {
  const tried = kinds.map((kind) => plainWords(kind).toLowerCase()).join(', ');
  return (
    <EmptyState title="Nothing was found">
      {tried === '' ? 'The text is no number or key that the hub knows.' : `Looked for as ${tried}.`} Records that were
      made within the last second are found a moment later.
    </EmptyState>
  );
}

function bySubject(hits: readonly Hit[]): readonly Found[] {
  return Object.values(Object.groupBy(hits, ({ subject }) => keyOf(subject))).flatMap((same = []) =>
    same.slice(0, 1).map(({ subject }) => ({ subject, hits: same })),
  );
}

/** The one thing that fits exactly, however it was found. */
function onlyExact(hits: readonly Hit[]): Hit | undefined {
  const exact = hits.filter((hit) => hit.exact);
  const [first] = exact;
  return first !== undefined && exact.every((hit) => keyOf(hit.subject) === keyOf(first.subject)) ? first : undefined;
}

function keyOf(subject: Hit['subject']): string {
  return subject.__typename === 'Order' ? subject.id : subject.sku;
}

function nameOf(subject: Hit['subject']): string {
  if (subject.__typename === 'Order') return subject.displayReference ?? subject.reference;
  return `${subject.sku} · ${subject.title}`;
}

function pathOf(subject: Hit['subject']): string {
  return subject.__typename === 'Order' ? orderPath(subject.id) : itemPath(subject.sku);
}
