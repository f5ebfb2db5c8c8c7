import type { ReactElement } from 'react';
import { TextArea } from '../../../ui/index.js';

interface WhyProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it. */
  readonly error: string | undefined;
  readonly hint?: string;
}

/** Why a person does it: the words go into the history. */
export function Why({
  value,
  onChange,
  error,
  hint = 'Kept in the history. No personal data.',
}: WhyProps): ReactElement {
  return (
    <TextArea
      label="Why"
      hint={hint}
      error={error}
      required
      maxLength={500}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
