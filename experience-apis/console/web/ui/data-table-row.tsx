import type { MouseEvent, ReactElement } from 'react';
import type { Tone } from './badge.js';
import { classNames } from './class-names.js';
import type { Column } from './data-table.types.js';

interface DataTableRowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly tone: Tone | undefined;
  readonly tabIndex: number | undefined;
  readonly onFocus: () => void;
  readonly onOpen: ((row: Row) => void) | undefined;
  /** Undefined when rows cannot be chosen. */
  readonly chosen: boolean | undefined;
  readonly chooseLabel: string | undefined;
  readonly onChoose: (row: Row) => void;
}

const OWN_CONTROLS = 'a, button, input, label, select, textarea, summary';

/** One row. A click beside its own controls opens it; selecting its text does not. */
export function DataTableRow<Row>(props: DataTableRowProps<Row>): ReactElement {
  const { row, columns, tone, tabIndex, onFocus, onOpen, chosen, chooseLabel, onChoose } = props;
  const onClick = (event: MouseEvent): void => {
    if (onOpen === undefined || (event.target as Element).closest(OWN_CONTROLS) !== null) return;
    if (getSelection()?.isCollapsed === false) return;
    onOpen(row);
  };
  return (
    <tr
      className={classNames(
        'table-row',
        onOpen !== undefined && 'table-row-opens',
        tone !== undefined && `table-row-${tone}`,
      )}
      data-chosen={chosen === true || undefined}
      tabIndex={tabIndex}
      onFocus={onFocus}
      onClick={onClick}
    >
      {chosen !== undefined && (
        <td className="table-cell table-choose">
          <input
            type="checkbox"
            checked={chosen}
            aria-label={`Choose ${chooseLabel ?? ''}`}
            onChange={() => onChoose(row)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.key}
          data-label={column.title}
          className={classNames(
            'table-cell',
            column.align === 'end' && 'table-end',
            column.wrap === true && 'table-wraps',
            column.phone !== undefined && `table-phone-${column.phone}`,
          )}
        >
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}
