import type { ReactElement } from 'react';
import { TextField } from '../../ui/index.js';

interface DayFieldProps {
  /** In full, for screen readers: "Placed from". */
  readonly label: string;
  /** Before the field: "From". */
  readonly shown: string;
  /** `2026-11-21`, or empty. */
  readonly value: string;
  readonly onChange: (day: string) => void;
}

/** A day of a toolbar, UTC. */
export function DayField({ label, shown, value, onChange }: DayFieldProps): ReactElement {
  return (
    <span className="row">
      <span className="small muted" aria-hidden="true">
        {shown}
      </span>
      <TextField label={label} hideLabel type="date" value={value} onChange={({ target }) => onChange(target.value)} />
    </span>
  );
}
