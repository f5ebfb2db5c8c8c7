/** A string literal of OData V2; a quote in it is doubled. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `Name eq 'a' or Name eq 'b'`: V2 has no `in`. */
export function anyOf(property: string, values: readonly string[]): string {
  return values.map((value) => `${property} eq ${literal(value)}`).join(' or ');
}

/** `A_SalesOrder('1')`, or `A_SalesOrderItem(SalesOrder='1',SalesOrderItem='10')` for a key of several properties. */
export function entityPath(entitySet: string, key: string | Readonly<Record<string, string>>): string {
  if (typeof key === 'string') return `${entitySet}(${encodeURIComponent(literal(key))})`;
  const parts = Object.entries(key).map(([name, value]) => `${name}=${encodeURIComponent(literal(value))}`);
  return `${entitySet}(${parts.join(',')})`;
}

/** `?$filter=…&$top=…`; the $ stays readable, as SAP's own clients send it. */
export function queryString(options: Readonly<Record<string, string>>): string {
  const parts = Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** A date of OData V2 JSON (`/Date(ms)/`). SAP's dates have no time of day, so it is midnight UTC of the instant's day. */
export function jsonDate(instant: string): string {
  return `/Date(${Date.parse(`${instant.slice(0, 10)}T00:00:00Z`)})/`;
}
