import type { ReactElement } from 'react';
import { useSession } from '../../auth/session.js';
import { ClearFilters, FilterSelect, plainWords, SearchField, Toolbar, type Option } from '../../ui/index.js';
import { NOBODY, OWNERS, SORTS, STATUSES, type FilterKey, type FilterValues } from './exception-filter.js';

interface ExceptionToolbarProps {
  readonly values: FilterValues;
  readonly any: boolean;
  readonly categories: readonly Option[];
  readonly onChange: (changes: Partial<Record<FilterKey, string>>) => void;
  readonly onClear: () => void;
}

/** Search and filters, all kept in the URL. */
export function ExceptionToolbar({ values, any, categories, onChange, onClear }: ExceptionToolbarProps): ReactElement {
  const { subject } = useSession();
  const each = values.view === 'each' || values.groupKey !== '';
  return (
    <Toolbar label="Find exceptions">
      <SearchField label="Search the text" value={values.q} onSearch={(q) => onChange({ q })} />
      <FilterSelect
        label="Kind of problem"
        all="Any kind"
        value={values.category}
        options={categories}
        onChange={(category) => onChange({ category, groupKey: '' })}
      />
      <FilterSelect
        label="Team"
        all="Any team"
        value={values.owner}
        options={OWNERS.map((owner) => ({ value: owner, label: plainWords(owner) }))}
        onChange={(owner) => onChange({ owner })}
      />
      <FilterSelect
        label="Taken over by"
        all="Taken over or not"
        value={values.assigned}
        options={assignees(subject, values.assigned)}
        onChange={(assigned) => onChange({ assigned })}
      />
      <FilterSelect
        label="Due"
        all="Late or not"
        value={values.overdue}
        options={[{ value: 'true', label: 'Late' }]}
        onChange={(overdue) => onChange({ overdue })}
      />
      <FilterSelect
        label="Status"
        all="Open"
        value={values.status}
        options={STATUSES.filter((status) => status !== 'OPEN').map((status) => ({
          value: status,
          label: plainWords(status),
        }))}
        onChange={(status) => onChange({ status })}
      />
      {each ? (
        <FilterSelect
          label="Sort"
          all="Soonest due first"
          value={values.sort === 'DUE' ? '' : values.sort}
          options={SORTS.filter(({ value }) => value !== 'DUE')}
          onChange={(sort) => onChange({ sort: sort === '' ? 'DUE' : sort })}
        />
      ) : null}
      <ClearFilters any={any} onClear={onClear} />
    </Toolbar>
  );
}

function assignees(me: string, chosen: string): readonly Option[] {
  const known = [
    { value: me, label: 'Taken over by me' },
    { value: NOBODY, label: 'Taken over by nobody' },
  ];
  return chosen === '' || known.some(({ value }) => value === chosen)
    ? known
    : [...known, { value: chosen, label: `Taken over by ${chosen}` }];
}
