import type { ReactNode } from 'react';
import type { Tone } from './badge.js';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  /** Figures stand at the end of their column. */
  readonly align?: 'end';
  readonly sortable?: boolean;
  /** Any CSS length. */
  readonly width?: string;
  /** On phones, where a row is a card. `title` heads it, `beside` stands beside the title, `words` has the whole width, `extra` is left out. */
  readonly phone?: 'title' | 'beside' | 'words' | 'extra';
  /** Lines may break. */
  readonly wrap?: boolean;
}

export interface Sort {
  readonly key: string;
  readonly direction: 'asc' | 'desc';
}

export interface Selection<Row> {
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  /** What the row is called, for its checkbox. */
  readonly nameOf: (row: Row) => string;
  /** Actions on the chosen rows; shown when there are any. */
  readonly actions: ReactNode;
}

export interface DataTableProps<Row> {
  /** What the table holds. Read out, not shown. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while nothing was read yet: rows of skeletons keep the place. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** Enter, or a click beside the row's own links. Give the first column a real link besides, for new tabs. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  readonly sort?: Sort | undefined;
  readonly onSort?: ((sort: Sort) => void) | undefined;
  readonly selection?: Selection<Row> | undefined;
  /** New rows are on their way; these may be old. */
  readonly stale?: boolean;
  /** Shown when there are no rows. */
  readonly empty?: ReactNode;
  readonly pageKeys?: boolean;
  /** Marks the edge of a row that asks for attention; a column says why. */
  readonly toneOf?: ((row: Row) => Tone | undefined) | undefined;
  readonly skeletonRows?: number;
}
