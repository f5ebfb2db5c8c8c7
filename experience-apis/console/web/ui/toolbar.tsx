import { useEffect, useEffectEvent, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { Button } from './button.js';
import { Field } from './field.js';
import { Icon } from './icon.js';

/** Search and filters above a list. On phones the filters stay behind a button until one is wanted or set. */
export function Toolbar({
  label,
  children,
  end,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly end?: ReactNode;
}): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <div className="toolbar" role="search" aria-label={label} data-open={open || undefined}>
      <span className="toolbar-toggle">
        <Button icon="filter" aria-expanded={open} onClick={() => setOpen(!open)}>
          Filters
        </Button>
      </span>
      <div className="toolbar-filters">{children}</div>
      {end !== undefined && <div className="toolbar-end">{end}</div>}
    </div>
  );
}

const TYPING_PAUSE = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  /** What is searched for now: from the URL. */
  readonly value: string;
  /** Called when typing pauses, at once on Enter. */
  readonly onSearch: (text: string) => void;
}

/** A search as one types. The text is the field's own until typing pauses. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps): ReactElement {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const [sent, setSent] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  if (known !== value) {
    setKnown(value);
    // Changed by other means than typing here: back, a link, "clear". One's own words that come back may be old by now.
    if (value !== sent) setText(value);
  }
  const search = useEffectEvent((words: string) => {
    setSent(words);
    onSearch(words);
  });
  useEffect(() => {
    const words = text.trim();
    if (words === value) return undefined;
    const timer = setTimeout(() => search(words), TYPING_PAUSE);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Field label={label} hideLabel>
      {(described) => (
        <span className="search-field">
          <Icon name="search" />
          <input
            {...described}
            ref={input}
            type="search"
            className="control"
            autoComplete="off"
            spellCheck={false}
            placeholder={placeholder ?? label}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') {
                setSent(text.trim());
                onSearch(text.trim());
              }
              if (event.key === 'Escape') input.current?.blur();
            }}
          />
        </span>
      )}
    </Field>
  );
}

interface FilterSelectProps {
  readonly label: string;
  /** Empty for all. */
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  /** What stands for all: "All nodes". */
  readonly all: string;
}

/** One filter with a fixed set of values; the first is none. */
export function FilterSelect({ label, value, options, onChange, all }: FilterSelectProps): ReactElement {
  return (
    <Field label={label} hideLabel>
      {(described) => (
        <select
          {...described}
          className="control control-filter"
          data-set={value !== '' || undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{all}</option>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Takes all filters off. Shown when there are any. */
export function ClearFilters({
  any,
  onClear,
}: {
  readonly any: boolean;
  readonly onClear: () => void;
}): ReactElement | null {
  if (!any) return null;
  return (
    <Button kind="quiet" icon="cross" data-set onClick={onClear}>
      Clear
    </Button>
  );
}
