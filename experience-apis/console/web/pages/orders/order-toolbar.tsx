import { useState, type ReactElement } from 'react';
import { useQuery } from 'urql';
import { useSession } from '../../auth/session.js';
import { Button, ClearFilters, FilterSelect, plainWords, SearchField, Toolbar, type Option } from '../../ui/index.js';
import { DayField } from '../shared/day-field.js';
import { waitedFor } from '../shared/states.js';
import { OWNERS } from '../exceptions/exception-filter.js';
import { SORTS, STATUSES, SYSTEMS, type FilterKey, type FilterValues } from './order-filter.js';
import { CHANNEL_KEYS } from './orders.documents.js';

interface OrderToolbarProps {
  readonly values: FilterValues;
  readonly any: boolean;
  readonly onChange: (changes: Partial<Record<FilterKey, string>>) => void;
  readonly onClear: () => void;
}

/** Behind a button until they are wanted. */
const RARE = ['q', 'node', 'sku', 'from', 'to', 'team', 'assigned'] as const;

const CONDITIONS = [
  { key: 'overdue', value: 'true', label: 'Late' },
  { key: 'held', value: 'true', label: 'Held' },
  { key: 'exception', value: 'true', label: 'With an exception' },
  { key: 'completed', value: 'false', label: 'In work' },
  { key: 'completed', value: 'true', label: 'Done' },
] as const;

/** Search, filters and sorting, all kept in the URL. */
export function OrderToolbar({ values, any, onChange, onClear }: OrderToolbarProps): ReactElement {
  const known = useKnownPlaces();
  const [more, setMore] = useState(RARE.some((key) => values[key] !== ''));
  const condition = CONDITIONS.findIndex(({ key, value }) => values[key] === value);
  return (
    <Toolbar label="Find orders">
      <FilterSelect
        label="Status"
        all="Any status"
        value={values.status}
        options={statusOptions(values.status)}
        onChange={(status) => onChange({ status })}
      />
      <FilterSelect
        label="Waits for"
        all="Waits for anything"
        value={values.waitingOn}
        options={SYSTEMS.map((system) => ({ value: system, label: `Waits for ${waitedFor(system)}` }))}
        onChange={(waitingOn) => onChange({ waitingOn })}
      />
      <FilterSelect
        label="Condition"
        all="Any condition"
        value={condition === -1 ? '' : String(condition)}
        options={CONDITIONS.map(({ label }, at) => ({ value: String(at), label }))}
        onChange={(at) => onChange(conditionAt(at))}
      />
      <Place label="Channel" all="All channels" value={values.channel} options={known.channels} onChange={onChange} />
      {more ? (
        <>
          <SearchField
            label="Channel’s order id"
            placeholder="Channel’s id begins with"
            value={values.q}
            onSearch={(q) => onChange({ q })}
          />
          <Place label="Node" all="All nodes" value={values.node} options={known.nodes} onChange={onChange} />
          <SearchField label="SKU" placeholder="SKU, whole" value={values.sku} onSearch={(sku) => onChange({ sku })} />
          <DayField label="Placed from" shown="Placed" value={values.from} onChange={(from) => onChange({ from })} />
          <DayField label="Placed to" shown="to" value={values.to} onChange={(to) => onChange({ to })} />
          <WorkOnExceptions values={values} onChange={onChange} />
        </>
      ) : null}
      <FilterSelect
        label="Sort"
        all="Newest first"
        value={values.sort === 'PLACED_DESC' ? '' : values.sort}
        options={SORTS.filter(({ value }) => value !== 'PLACED_DESC')}
        onChange={(sort) => onChange({ sort: sort === '' ? 'PLACED_DESC' : sort })}
      />
      {more ? null : (
        <Button kind="quiet" icon="filter" aria-label="More filters" onClick={() => setMore(true)}>
          More
        </Button>
      )}
      <ClearFilters any={any} onClear={onClear} />
    </Toolbar>
  );
}

/** Orders by who has to act on them, for those who see exceptions. */
function WorkOnExceptions({ values, onChange }: Pick<OrderToolbarProps, 'values' | 'onChange'>): ReactElement | null {
  const { scopes, subject } = useSession();
  if (!scopes.has('exceptions:read')) return null;
  return (
    <>
      <FilterSelect
        label="Exceptions of the team"
        all="Exceptions of any team"
        value={values.team}
        options={OWNERS.map((owner) => ({ value: owner, label: `Exceptions of ${plainWords(owner).toLowerCase()}` }))}
        onChange={(team) => onChange({ team })}
      />
      <FilterSelect
        label="Exceptions taken over by"
        all="Exceptions of anyone"
        value={values.assigned}
        options={assignees(subject, values.assigned)}
        onChange={(assigned) => onChange({ assigned })}
      />
    </>
  );
}

function assignees(me: string, chosen: string): readonly Option[] {
  const own = { value: me, label: 'Exceptions taken over by me' };
  return chosen === '' || chosen === me ? [own] : [own, { value: chosen, label: `Exceptions taken over by ${chosen}` }];
}

/** One of them at a time: the others are taken off. */
function conditionAt(at: string): Partial<Record<FilterKey, string>> {
  const chosen = at === '' ? undefined : CONDITIONS[Number(at)];
  return { overdue: '', held: '', exception: '', completed: '', ...(chosen && { [chosen.key]: chosen.value }) };
}

/** Links of other pages may ask for several at once. */
function statusOptions(value: string): readonly Option[] {
  const each = STATUSES.map((status) => ({ value: status, label: plainWords(status) }));
  if (!value.includes(',')) return each;
  return [{ value, label: value.split(',').map(plainWords).join(' or ') }, ...each];
}

interface PlaceProps {
  readonly label: 'Channel' | 'Node';
  readonly all: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (changes: Partial<Record<FilterKey, string>>) => void;
}

function Place({ label, all, value, options, onChange }: PlaceProps): ReactElement {
  const key = label === 'Channel' ? 'channel' : 'node';
  // A value of the URL that is not known (any more) stays to be seen.
  const shown =
    value === '' || options.some((option) => option.value === value) ? options : [{ value, label: value }, ...options];
  return (
    <FilterSelect
      label={label}
      all={all}
      value={value}
      options={shown}
      onChange={(chosen) => onChange({ [key]: chosen })}
    />
  );
}

function useKnownPlaces(): { readonly channels: readonly Option[]; readonly nodes: readonly Option[] } {
  const { scopes } = useSession();
  const [{ data }] = useQuery({ query: CHANNEL_KEYS, requestPolicy: 'cache-first', pause: !scopes.has('stock:read') });
  return { channels: data?.channels.map(optionOf) ?? [], nodes: data?.fulfillmentNodes.map(optionOf) ?? [] };
}

function optionOf({ key, name }: { key: string; name: string }): Option {
  return { value: key, label: name };
}
