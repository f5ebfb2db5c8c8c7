import { useEffect, type RefObject } from 'react';

/** Puts what is current into the middle of a row that is wider than the screen. The page itself stays where it is. */
export function useInSight(row: RefObject<HTMLElement | null>, selector: string, current: string | undefined): void {
  useEffect(() => {
    const element = row.current;
    const chosen = element?.querySelector(selector);
    if (element === null || chosen === null || chosen === undefined) return;
    const [of, at] = [element.getBoundingClientRect(), chosen.getBoundingClientRect()];
    element.scrollBy({ left: at.left + at.width / 2 - of.left - of.width / 2 });
  }, [row, selector, current]);
}
