import { useEffect, useEffectEvent, useState, type RefObject } from 'react';

interface RowKeysOptions {
  readonly rows: number;
  /** Called with the index of the row. */
  readonly onOpen: ((at: number) => void) | undefined;
  readonly onChoose: ((at: number) => void) | undefined;
  /** j and k reach the table from anywhere on the page, as long as nobody types. */
  readonly pageKeys: boolean;
}

export interface RowKeys {
  /** The row that the Tab key stops at. */
  readonly at: number;
  readonly onFocusRow: (at: number) => void;
}

const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Rows by the keyboard: j, k and arrows move, Home and End jump, Enter opens, x chooses. One stop for the Tab key. */
export function useRowKeys(body: RefObject<HTMLTableSectionElement | null>, options: RowKeysOptions): RowKeys {
  const { rows, onOpen, onChoose, pageKeys } = options;
  const [focused, setFocused] = useState(0);
  const at = Math.min(focused, Math.max(0, rows - 1));
  const focusRow = (to: number): void => {
    const row = body.current?.rows[Math.max(0, Math.min(rows - 1, to))];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    // Keys in a control of the row are the control's.
    if (!(event.target instanceof HTMLTableRowElement) || event.ctrlKey || event.metaKey || event.altKey) return;
    // Where the row is now: rows that came meanwhile have moved it.
    const here = event.target.sectionRowIndex;
    const to = { Home: 0, End: rows - 1 }[event.key] ?? stepFrom(here, event.key);
    if (to !== undefined) focusRow(to);
    else if (event.key === 'Enter' && onOpen !== undefined) onOpen(here);
    else if ((event.key === 'x' || event.key === ' ') && onChoose !== undefined) onChoose(here);
    else return;
    event.preventDefault();
  });
  const shown = rows > 0;
  useEffect(() => {
    const element = body.current;
    const listener = (event: KeyboardEvent): void => onKeyDown(event);
    element?.addEventListener('keydown', listener);
    return () => element?.removeEventListener('keydown', listener);
  }, [body, shown]);
  usePageKeys(pageKeys && shown, () => focusRow(at));
  return { at, onFocusRow: setFocused };
}

function stepFrom(at: number, key: string): number | undefined {
  const step = STEPS[key];
  return step === undefined ? undefined : at + step;
}

function usePageKeys(enabled: boolean, enter: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = document.activeElement;
    const idle = from === null || from === document.body || from instanceof HTMLHeadingElement;
    if (!idle || (event.key !== 'j' && event.key !== 'k')) return;
    event.preventDefault();
    enter();
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [enabled]);
}
