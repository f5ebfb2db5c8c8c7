import { useSyncExternalStore } from 'react';

/** Drawings on a canvas cannot use variables of CSS: this says what a token is now, as `rgb(…)`. */
export function colourOf(token: string, near: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

const DARK = '(prefers-color-scheme: dark)';

function subscribe(listener: () => void): () => void {
  const media = matchMedia(DARK);
  const observer = new MutationObserver(listener);
  media.addEventListener('change', listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    media.removeEventListener('change', listener);
    observer.disconnect();
  };
}

/** Whether the page is light or dark now: by `data-theme` on <html>, else by the machine. */
export function useTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const { theme } = document.documentElement.dataset;
    if (theme === 'light' || theme === 'dark') return theme;
    return matchMedia(DARK).matches ? 'dark' : 'light';
  });
}
