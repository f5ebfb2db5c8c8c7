import { useState, type ReactElement, type RefObject } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { Icon } from '../ui/icon.js';

/** Finds anything by what a person holds in the hand. Answers on the page of the search. */
export function SearchBox({ input }: { readonly input: RefObject<HTMLInputElement | null> }): ReactElement {
  const { pathname, search } = useLocation();
  const asked = pathname === '/search' ? (new URLSearchParams(search).get('q') ?? '') : '';
  return <SearchForm key={asked} input={input} asked={asked} />;
}

interface SearchFormProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly asked: string;
}

function SearchForm({ input, asked }: SearchFormProps): ReactElement {
  const [text, setText] = useState(asked);
  const navigate = useNavigate();
  return (
    <form
      className="search-box"
      role="search"
      aria-label="Everything"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void navigate(`/search?q=${encodeURIComponent(text.trim())}`);
      }}
    >
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        className="control"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        aria-label="Search by order, tracking or ERP number, e-mail or SKU"
        placeholder="Order, tracking or ERP number, e-mail, SKU"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
