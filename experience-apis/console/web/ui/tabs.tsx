import { useId, useRef, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names.js';
import { useInSight } from './use-in-sight.js';

export interface Tab {
  readonly key: string;
  readonly title: ReactNode;
  /** A count behind the title. */
  readonly count?: number | undefined;
  /** Called only for the tab that is open. */
  readonly content: () => ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** The key of the open tab; keep it in the URL. A key that is no tab opens the first. */
  readonly open: string;
  readonly onOpen: (key: string) => void;
}

/** Tabs in the WAI-ARIA way: one stop for the Tab key, arrows, Home and End inside. */
export function Tabs({ label, tabs, open, onOpen }: TabsProps): ReactElement {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.key === open),
  );
  const current = tabs[at];
  useInSight(list, '.tab-open', current?.key);
  const go = (to: number): void => {
    const next = tabs[(to + tabs.length) % tabs.length];
    if (next === undefined) return;
    onOpen(next.key);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[(to + tabs.length) % tabs.length]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  };
  return (
    <div className="tabs">
      <div className="tab-list" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab, index) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.key}`}
            className={classNames('tab', index === at && 'tab-open')}
            aria-selected={index === at}
            aria-controls={index === at ? `${id}-panel` : undefined}
            tabIndex={index === at ? 0 : -1}
            onClick={() => onOpen(tab.key)}
          >
            {tab.title}
            {tab.count !== undefined && <span className="tab-count">{tab.count.toLocaleString('en')}</span>}
          </button>
        ))}
      </div>
      {current !== undefined && (
        <div
          role="tabpanel"
          id={`${id}-panel`}
          aria-labelledby={`${id}-tab-${current.key}`}
          className="tab-panel"
          tabIndex={-1}
        >
          {current.content()}
        </div>
      )}
    </div>
  );
}
