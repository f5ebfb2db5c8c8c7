import { useEffect, useEffectEvent } from 'react';
import { PLACES } from './places.js';

export interface KeyboardActions {
  readonly goTo: (path: string) => void;
  readonly search: () => void;
  readonly help: () => void;
}

/** How long `g` waits for the letter of a page. */
const SECOND_KEY_MS = 1_200;
/** What a row of a list is: of tables, and of anything else that says so. */
const ROWS = 'main tbody tr, main [data-row]';
const IN_ROW = 'a[href], button';
const TYPED_IN = 'input:not([type=checkbox], [type=radio]), select, textarea';

/** The keys that work on every page, while nobody types and no dialog is open. */
export function useKeyboard(actions: KeyboardActions): void {
  const act = useEffectEvent((key: string, afterG: boolean): boolean => {
    if (afterG) {
      const place = PLACES.find((known) => known.key === key);
      if (place !== undefined) actions.goTo(place.path);
      return place !== undefined;
    }
    if (key === '/') actions.search();
    else if (key === '?') actions.help();
    else if (key === 'j' || key === 'k') return moveInList(key === 'j' ? 1 : -1);
    else return false;
    return true;
  });
  useEffect(() => {
    let gAt = -Infinity;
    const onKeyDown = (event: KeyboardEvent): void => {
      // Tables know their own keys.
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
      const afterG = event.timeStamp - gAt < SECOND_KEY_MS;
      gAt = event.key === 'g' ? event.timeStamp : -Infinity;
      if (event.key !== 'g' && act(event.key, afterG)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Somebody types, or a dialog has the keyboard. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  return target instanceof HTMLElement && (target.isContentEditable || target.matches(TYPED_IN));
}

/** Puts the focus on the row after (1) or before (-1) the one that has it: Enter then opens it. False without a list. */
function moveInList(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row) => entryOf(row) !== null);
  if (rows.length === 0) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  const row = rows[next];
  if (row === undefined) return false;
  entryOf(row)?.focus();
  row.scrollIntoView({ block: 'nearest' });
  return true;
}

/** What of a row takes the focus: itself, where it can, else its first link. */
function entryOf(row: HTMLElement): HTMLElement | null {
  return row.hasAttribute('tabindex') ? row : row.querySelector<HTMLElement>(IN_ROW);
}
