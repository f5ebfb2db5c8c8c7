import { badRequest } from './sap-fault.js';
import type { PropertyModel, ServiceModel } from './service-model.js';

/** A body as JSON gave it, or an entity as the sandbox keeps it. */
export type Entity = Readonly<Record<string, unknown>>;

/** Refuses what the metadata does not know or allow, at any depth of a deep insert. */
export function checkEntity(model: ServiceModel, type: string, entity: Entity, mode: 'create' | 'update'): void {
  const known = model.entities[type];
  if (known === undefined) throw badRequest(`Entity type '${type}' is unknown`);
  for (const [name, value] of Object.entries(entity)) {
    const property = known.properties[name];
    const navigation = known.navigations[name];
    if (property !== undefined) checkProperty(name, value, property, mode);
    else if (navigation !== undefined && mode === 'create')
      for (const nested of nestedEntities(value)) checkEntity(model, navigation, nested, mode);
    else throw badRequest(`Property '${name}' is invalid for entity type '${type}'`);
  }
}

/** The entities under a navigation property: SAP takes a bare array and one wrapped in `results`. */
export function nestedEntities(value: unknown): readonly Entity[] {
  if (value === undefined) return [];
  const list = isEntity(value) ? value['results'] : value;
  if (!Array.isArray(list) || !list.every(isEntity)) throw badRequest('Error while parsing an inline collection');
  return list;
}

export function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text property; empty when it is absent. */
export function text(entity: Entity, property: string): string {
  const value = entity[property];
  return typeof value === 'string' ? value : '';
}

function checkProperty(name: string, value: unknown, property: PropertyModel, mode: 'create' | 'update'): void {
  const allowed = mode === 'create' ? property.creatable : property.updatable;
  if (!allowed) throw badRequest(`Property '${name}' cannot be set by a ${mode}`);
  if (value === null) return;
  if (!hasType(value, property))
    throw badRequest(`Failed to read property '${name}': it is not of type ${property.type}`);
  if (property.maxLength !== undefined && typeof value === 'string' && value.length > property.maxLength)
    throw badRequest(`Property '${name}' at its value is longer than its maximum length of ${property.maxLength}`);
}

function hasType(value: unknown, property: PropertyModel): boolean {
  if (property.type === 'Edm.Boolean') return typeof value === 'boolean';
  if (property.type === 'Edm.Int32') return Number.isSafeInteger(value);
  if (typeof value !== 'string') return false;
  if (property.type === 'Edm.Decimal') return isDecimal(value, property.scale);
  if (property.type === 'Edm.DateTime') return /^\/Date\(-?\d+\)\/$/.test(value);
  return true;
}

function isDecimal(value: string, scale: number | undefined): boolean {
  const match = /^-?\d+(?:\.(\d+))?$/.exec(value);
  return match !== null && (match[1] ?? '').length <= (scale ?? 9);
}
