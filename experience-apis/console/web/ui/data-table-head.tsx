import type { ReactElement } from 'react';
import { classNames } from './class-names.js';
import type { Column, DataTableProps, Selection, Sort } from './data-table.types.js';
import { Icon } from './icon.js';

/** The head of a table: stays in sight, sorts, chooses all. */
export function DataTableHead<Row>(props: DataTableProps<Row>): ReactElement {
  const { columns, rows, keyOf, sort, onSort, selection } = props;
  return (
    <thead>
      <tr>
        {selection !== undefined && (
          <th className="table-head table-choose" scope="col">
            <ChooseAll selection={selection} keys={rows?.map(keyOf) ?? []} />
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.key} column={column} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function ChooseAll<Row>({ selection, keys }: { selection: Selection<Row>; keys: readonly string[] }): ReactElement {
  const chosen = keys.filter((key) => selection.chosen.has(key)).length;
  const all = keys.length > 0 && chosen === keys.length;
  return (
    <input
      type="checkbox"
      aria-label={all ? 'Choose none' : 'Choose all rows of this page'}
      checked={all}
      ref={(box) => {
        if (box !== null) box.indeterminate = chosen > 0 && !all;
      }}
      onChange={() => selection.onChange(all ? new Set() : new Set([...selection.chosen, ...keys]))}
    />
  );
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>): ReactElement {
  const sorts = column.sortable === true && onSort !== undefined;
  const direction = sort?.key === column.key ? sort.direction : undefined;
  return (
    <th
      scope="col"
      className={classNames('table-head', column.align === 'end' && 'table-end')}
      style={column.width === undefined ? undefined : { width: column.width }}
      aria-sort={direction === undefined ? undefined : direction === 'asc' ? 'ascending' : 'descending'}
    >
      {sorts ? (
        <button
          type="button"
          className="table-sort"
          onClick={() => onSort({ key: column.key, direction: direction === 'desc' ? 'asc' : 'desc' })}
        >
          {column.title}
          <span className={classNames('table-sort-sign', direction === undefined && 'table-sort-off')}>
            <Icon name={direction === 'asc' ? 'up' : 'down'} size={12} />
          </span>
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}
