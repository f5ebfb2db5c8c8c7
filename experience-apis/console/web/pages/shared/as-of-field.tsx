import type { ReactElement } from 'react';
import { Button, TextField, useClock } from '../../ui/index.js';

const WHOLE_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** `2026-11-21T20:53` of a field as an instant, UTC; null for an empty or unfinished one, which is now. */
export function instantOf(local: string): string | null {
  return WHOLE_INSTANT.test(local) && !Number.isNaN(Date.parse(`${local}Z`))
    ? new Date(`${local}Z`).toISOString()
    : null;
}

interface AsOfFieldProps {
  /** As the field has it, in the URL: `2026-11-21T20:53`; empty is now. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Asks for the time that a page shows. */
export function AsOfField({ value, onChange }: AsOfFieldProps): ReactElement {
  const ahead = useClock((now) => value !== '' && Date.parse(`${value}Z`) > now);
  return (
    <span className="row row-end">
      <TextField
        label="As of (UTC)"
        type="datetime-local"
        step={1}
        value={value}
        error={ahead ? 'This is in the future: choose a time that is over.' : undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {value !== '' && (
        <Button kind="quiet" icon="clock" onClick={() => onChange('')}>
          Back to now
        </Button>
      )}
    </span>
  );
}
