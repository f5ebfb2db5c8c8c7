import {
  useId,
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';
import { classNames } from './class-names.js';

interface FieldFrame {
  readonly label: string;
  /** How to fill it, before anything is wrong. */
  readonly hint?: string | undefined;
  /** What is wrong and how to mend it. */
  readonly error?: string | undefined;
  /** The label is for screen readers alone: in toolbars, where the placeholder says it. */
  readonly hideLabel?: boolean;
}

interface Described {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** Label, control, hint and error; the control is tied to all of them. */
export function Field({
  label,
  hint,
  error,
  hideLabel = false,
  children,
}: FieldFrame & { readonly children: (described: Described) => ReactNode }): ReactElement {
  const id = useId();
  const describedBy = classNames(hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`);
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : 'field-label'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

type Without<Attributes> = Omit<Attributes, 'className' | 'style' | 'id' | 'children'>;

export function TextField({
  label,
  hint,
  error,
  hideLabel,
  ...input
}: FieldFrame & Without<InputHTMLAttributes<HTMLInputElement>>): ReactElement {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
      {(described) => <input className="control" autoComplete="off" spellCheck={false} {...input} {...described} />}
    </Field>
  );
}

export function TextArea({
  label,
  hint,
  error,
  hideLabel,
  ...area
}: FieldFrame & Without<TextareaHTMLAttributes<HTMLTextAreaElement>>): ReactElement {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
      {(described) => <textarea className="control control-area" rows={3} {...area} {...described} />}
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function SelectField({
  label,
  hint,
  error,
  hideLabel,
  options,
  ...select
}: FieldFrame &
  Without<SelectHTMLAttributes<HTMLSelectElement>> & { readonly options: readonly Option[] }): ReactElement {
  return (
    <Field label={label} hint={hint} error={error} hideLabel={hideLabel ?? false}>
      {(described) => (
        <select className="control" {...select} {...described}>
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

export function CheckField({
  label,
  ...input
}: { readonly label: ReactNode } & Without<InputHTMLAttributes<HTMLInputElement>>): ReactElement {
  return (
    <label className="check-field">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}
