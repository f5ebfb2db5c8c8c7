import { useSyncExternalStore } from 'react';

/** `system`: what the machine says. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'entrepot:theme';
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];
const listeners = new Set<() => void>();
let current: Theme = 'system';

/** Before the first paint: the page must not flash. */
export function startTheme(): void {
  apply(THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system');
}

function apply(theme: Theme): void {
  current = theme;
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply(theme);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => current);
}
