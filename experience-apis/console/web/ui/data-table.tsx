import { useRef, type ReactElement } from 'react';
import { classNames } from './class-names.js';
import { DataTableHead } from './data-table-head.js';
import { DataTableRow } from './data-table-row.js';
import type { DataTableProps, Selection } from './data-table.types.js';
import { Skeleton } from './feedback.js';
import { useRowKeys } from './use-row-keys.js';

const SKELETON_ROWS = 8;

/** Rows that people read, sort, walk through by keyboard and act on; cards on phones. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactElement {
  const { caption, columns, rows, keyOf, onOpen, selection, stale = false, empty, pageKeys = false, toneOf } = props;
  const choose = (row: Row): void => {
    if (selection !== undefined) selection.onChange(toggled(selection.chosen, keyOf(row)));
  };
  const at = (index: number, does: (row: Row) => void): void => {
    const row = rows?.[index];
    if (row !== undefined) does(row);
  };
  const body = useRef<HTMLTableSectionElement>(null);
  const keys = useRowKeys(body, {
    rows: rows?.length ?? 0,
    onOpen: onOpen === undefined ? undefined : (index) => at(index, onOpen),
    onChoose: selection === undefined ? undefined : (index) => at(index, choose),
    pageKeys,
  });
  if (rows?.length === 0 && empty !== undefined) return <div className="table-wrap">{empty}</div>;
  const live = onOpen !== undefined || selection !== undefined;
  return (
    <div className={classNames('table-wrap', stale && 'table-stale')}>
      {selection !== undefined && selection.chosen.size > 0 && <BulkBar selection={selection} />}
      <table className="table" aria-busy={rows === undefined || stale}>
        <caption className="visually-hidden">{caption}</caption>
        <DataTableHead {...props} />
        <tbody ref={body}>
          {rows === undefined && (
            <SkeletonRows
              columns={columns.length}
              rows={props.skeletonRows ?? SKELETON_ROWS}
              chooses={selection !== undefined}
            />
          )}
          {rows?.map((row, index) => (
            <DataTableRow
              key={keyOf(row)}
              row={row}
              columns={columns}
              tone={toneOf?.(row)}
              tabIndex={live ? (index === keys.at ? 0 : -1) : undefined}
              onFocus={() => keys.onFocusRow(index)}
              onOpen={onOpen}
              chosen={selection?.chosen.has(keyOf(row))}
              chooseLabel={selection?.nameOf(row)}
              onChoose={choose}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BulkBar<Row>({ selection }: { selection: Selection<Row> }): ReactElement {
  return (
    <div className="table-bulk" role="toolbar" aria-label="Actions on the chosen rows">
      <strong aria-live="polite">{selection.chosen.size} chosen</strong>
      {selection.actions}
      <button type="button" className="button button-quiet button-sm" onClick={() => selection.onChange(new Set())}>
        Choose none
      </button>
    </div>
  );
}

function SkeletonRows({ columns, rows, chooses }: { columns: number; rows: number; chooses: boolean }): ReactElement {
  return (
    <>
      {Array.from({ length: rows }, (_, row) => (
        <tr key={row} className="table-row table-row-skeleton">
          {Array.from({ length: columns + (chooses ? 1 : 0) }, (__, cell) => (
            <td key={cell} className="table-cell">
              <Skeleton width={`${45 + ((row * 7 + cell * 13) % 40)}%`} />
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}

function toggled(chosen: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(key)) next.add(key);
  return next;
}
