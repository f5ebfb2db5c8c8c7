import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';
import { useSession } from '../../auth/session.js';
import type { ExceptionGroupsPageQuery } from '../../generated/graphql.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import { Button, Card, Tabs, plainWords } from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
import { Loaded } from '../shared/loaded.js';
import { useUrlState } from '../shared/url-state.js';
import { useRead } from '../shared/use-read.js';
import { CausesView } from './causes-view.js';
import { EachView } from './each-view.js';
import { ExceptionActions } from './exception-actions.js';
import { filterOf, NO_FILTER, sortOf, type FilterKey, type FilterValues } from './exception-filter.js';
import { ExceptionToolbar } from './exception-toolbar.js';
import { EXCEPTION_COUNTS, EXCEPTION_GROUPS, EXCEPTIONS, EXCEPTIONS_MOVED } from './exception.documents.js';
import { SeverityCounts } from './severity-counts.js';
import './exceptions.css';

/** What waits for a person: by cause or one by one, with what can be done about it right there. */
export default function ExceptionsPage(): ReactElement {
  const { values, set, clear, any } = useUrlState<FilterKey>(NO_FILTER);
  const pages = useCursorPages();
  const each = values.view === 'each' || values.groupKey !== '' || values.status !== '';
  const filter = filterOf(values);
  const counts = useRead(EXCEPTION_COUNTS, {});
  const groups = useRead(EXCEPTION_GROUPS, { filter, after: each ? null : pages.after });
  const orders = useSession().scopes.has('orders:read');
  const list = useRead(EXCEPTIONS, { filter, sort: sortOf(values), after: pages.after, orders }, { pause: !each });
  const again = useReadAgain(() => {
    counts.again();
    groups.again();
    if (each) list.again();
  });
  const { channel } = filter;
  useLive(EXCEPTIONS_MOVED, channel ? { channel } : {}, { onEvent: again, onGap: again });
  const group = groups.data?.exceptionGroups.edges.find(({ node }) => node.groupKey === values.groupKey)?.node;
  const narrowed =
    any && Object.entries(values).some(([key, value]) => key !== 'view' && key !== 'sort' && value !== '');
  const shown = { pages, any: narrowed, onClear: clear };
  return (
    <Page title="Exceptions">
      <div className="stack">
        <Loaded read={counts} lines={2}>
          {({ exceptionCounts }) => <SeverityCounts counts={exceptionCounts} />}
        </Loaded>
        <ExceptionToolbar
          values={values}
          any={narrowed}
          categories={categoriesOf(counts.data?.exceptionCounts, values)}
          onChange={set}
          onClear={clear}
        />
        {group === undefined || values.groupKey === '' ? null : (
          <Cause group={group} onAll={() => set({ groupKey: '', category: '' })} onDone={again} />
        )}
        <Tabs
          label="How exceptions are shown"
          open={each ? 'each' : 'causes'}
          onOpen={(view) => set({ view: view === 'each' ? 'each' : '', groupKey: '', status: '' })}
          tabs={[
            {
              key: 'causes',
              title: 'By cause',
              content: () => <CausesView read={groups} {...shown} />,
            },
            { key: 'each', title: 'One by one', content: () => <EachView read={list} {...shown} /> },
          ]}
        />
      </div>
    </Page>
  );
}

interface CauseProps {
  readonly group: ExceptionGroupsPageQuery['exceptionGroups']['edges'][number]['node'];
  readonly onAll: () => void;
  readonly onDone: () => void;
}

/** The one cause that is looked at, and what solves all of its exceptions. */
function Cause({ group, onAll, onDone }: CauseProps): ReactElement {
  const { title, count, sentence, actions, category, groupKey } = group;
  return (
    <Card
      title={`${title}: ${count === 1 ? 'one exception' : `${count} exceptions`} of one cause`}
      actions={
        <Button size="sm" icon="cross" onClick={onAll}>
          All causes
        </Button>
      }
    >
      <div className="stack-tight">
        <p className="wrap-anywhere">{sentence}</p>
        <ExceptionActions
          actions={actions}
          target={{ category, groupKey }}
          about={sentence}
          count={count}
          onDone={onDone}
        />
      </div>
    </Card>
  );
}

/** The kinds that are open now, and the one of the URL. */
function categoriesOf(
  counts: readonly { readonly category: string }[] | undefined,
  { category }: FilterValues,
): readonly { readonly value: string; readonly label: string }[] {
  const known = new Set([...(counts ?? []).map((count) => count.category), ...(category === '' ? [] : [category])]);
  return [...known].toSorted().map((value) => ({ value, label: plainWords(value) }));
}
