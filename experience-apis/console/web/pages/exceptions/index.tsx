import type { ReactElement } from 'react';
import { Page } from '../../app/page.js';
import { useLive } from '../../live/use-live.js';
import { useReadAgain } from '../../live/use-read-again.js';
import { Button, Card, Tabs, plainWords } from '../../ui/index.js';
import { useCursorPages } from '../shared/cursor-pages.js';
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
  const list = useRead(EXCEPTIONS, { filter, sort: sortOf(values), after: pages.after }, { pause: !each });
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
        <SeverityCounts read={counts} chosen={values.severity} onChoose={(severity) => set({ severity })} />
        <ExceptionToolbar
          values={values}
          any={narrowed}
          categories={categoriesOf(counts.data?.exceptionCounts, values)}
          onChange={set}
          onClear={clear}
        />
        {group === undefined || values.groupKey === '' ? null : (
          <Card
            title={`${group.title}: ${group.count === 1 ? 'one exception' : `${group.count} exceptions`} of one cause`}
            actions={
              <Button size="sm" icon="cross" onClick={() => set({ groupKey: '', category: '' })}>
                All causes
              </Button>
            }
          >
            <div className="stack-tight">
              <p className="wrap-anywhere">{group.sentence}</p>
              <ExceptionActions
                actions={group.actions}
                target={{ category: group.category, groupKey: group.groupKey }}
                about={group.sentence}
                count={group.count}
                onDone={again}
              />
            </div>
          </Card>
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

/** The kinds that are open now, and the one of the URL. */
function categoriesOf(
  counts: readonly { readonly category: string }[] | undefined,
  { category }: FilterValues,
): readonly { readonly value: string; readonly label: string }[] {
  const known = new Set([...(counts ?? []).map((count) => count.category), ...(category === '' ? [] : [category])]);
  return [...known].toSorted().map((value) => ({ value, label: plainWords(value) }));
}
