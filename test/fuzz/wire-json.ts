/** JSON as it goes over the wire, with what no value of JavaScript can be: a member twice, a number of forty digits. */
export type WireJson = string | number | boolean | null | Raw | WireJson[] | WireObject;

/** Members in their order; a name may come again. */
export class WireObject {
  constructor(readonly members: [string, WireJson][]) {}
}

/** Text that stands in the body as it is. */
export class Raw {
  constructor(readonly text: string) {}
}

export function toWire(value: unknown): WireJson {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value === 'object' && value !== null)
    return new WireObject(Object.entries(value).map(([name, member]) => [name, toWire(member)]));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

export function writeWire(json: WireJson): string {
  if (json instanceof Raw) return json.text;
  if (Array.isArray(json)) return `[${json.map(writeWire).join(',')}]`;
  if (json instanceof WireObject)
    return `{${json.members.map(([name, member]) => `${JSON.stringify(name)}:${writeWire(member)}`).join(',')}}`;
  return JSON.stringify(json);
}

/** A place in a body that something else can be put into. */
export interface Place {
  readonly value: WireJson;
  readonly name: string | undefined;
  put(value: WireJson): void;
}

/** Every value below the root, in order. */
export function placesOf(json: WireJson): readonly Place[] {
  if (Array.isArray(json))
    return json.flatMap((value, index) => [
      { value, name: undefined, put: (other: WireJson) => void (json[index] = other) },
      ...placesOf(value),
    ]);
  if (json instanceof WireObject)
    return json.members.flatMap((member) => [
      { value: member[1], name: member[0], put: (other: WireJson) => void (member[1] = other) },
      ...placesOf(member[1]),
    ]);
  return [];
}

/** Objects and arrays, the root included. */
export function containersOf(json: WireJson): readonly (WireObject | WireJson[])[] {
  const inner = placesOf(json).map(({ value }) => value);
  return [json, ...inner].filter((value) => value instanceof WireObject || Array.isArray(value));
}
