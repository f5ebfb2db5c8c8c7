import type { ReactElement } from 'react';
import type { AddressInput } from '../../generated/graphql.js';
import { TextField } from '../../ui/index.js';

export type AddressValues = Readonly<Record<keyof AddressInput, string>>;

export const NO_ADDRESS: AddressValues = {
  name: '',
  company: '',
  line1: '',
  line2: '',
  line3: '',
  city: '',
  region: '',
  postalCode: '',
  country: '',
  phone: '',
};

const FIELDS: readonly (readonly [keyof AddressValues, string, boolean])[] = [
  ['name', 'Name', false],
  ['company', 'Company', false],
  ['line1', 'Street and number', true],
  ['line2', 'Second line', false],
  ['postalCode', 'Postal code', false],
  ['city', 'City', true],
  ['region', 'State or region', false],
  ['country', 'Country (two letters)', true],
  ['phone', 'Telephone', false],
];

interface AddressFieldsProps {
  readonly values: AddressValues;
  readonly onChange: (values: AddressValues) => void;
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>;
}

/** The whole of a postal address. */
export function AddressFields({ values, onChange, errors }: AddressFieldsProps): ReactElement {
  return (
    <div className="form-grid">
      {FIELDS.map(([key, label, required]) => (
        <TextField
          key={key}
          label={label}
          value={values[key]}
          error={errors[key]}
          required={required}
          maxLength={key === 'country' ? 2 : 200}
          onChange={({ target }) => onChange({ ...values, [key]: target.value })}
        />
      ))}
    </div>
  );
}

/** As the graph takes it: without what is empty. */
export function addressInput(values: AddressValues): AddressInput {
  const { line1, city, country, ...rest } = values;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value.trim() !== ''));
  return { ...given, line1: line1.trim(), city: city.trim(), country: country.trim().toUpperCase() };
}
