import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

export interface PropertyModel {
  /** `Edm.String`, `Edm.Decimal` … */
  readonly type: string;
  readonly maxLength?: number | undefined;
  /** Decimal places. */
  readonly scale?: number | undefined;
  readonly creatable: boolean;
  readonly updatable: boolean;
}

export interface EntityModel {
  readonly properties: Readonly<Record<string, PropertyModel>>;
  /** Entity type by navigation property. */
  readonly navigations: Readonly<Record<string, string>>;
}

/** What a service's metadata says of its entities. */
export interface ServiceModel {
  readonly namespace: string;
  /** Entity type by entity set. */
  readonly entitySets: Readonly<Record<string, string>>;
  readonly entities: Readonly<Record<string, EntityModel>>;
}

const serviceModelSchema = z.object({
  namespace: z.string(),
  entitySets: z.record(z.string(), z.string()),
  entities: z.record(
    z.string(),
    z.object({
      properties: z.record(
        z.string(),
        z.object({
          type: z.string(),
          maxLength: z.int().optional(),
          scale: z.int().optional(),
          creatable: z.boolean(),
          updatable: z.boolean(),
        }),
      ),
      navigations: z.record(z.string(), z.string()),
    }),
  ),
});

const named = z.looseObject({ Name: z.string() });
const edmxSchema = z.object({
  'edmx:Edmx': z.object({
    'edmx:DataServices': z.object({
      Schema: z.object({
        Namespace: z.string(),
        EntityType: z.array(
          z.object({
            Name: z.string(),
            Property: z.array(
              z.object({
                Name: z.string(),
                Type: z.string(),
                MaxLength: z.string().optional(),
                Scale: z.string().optional(),
                'sap:creatable': z.string().optional(),
                'sap:updatable': z.string().optional(),
              }),
            ),
            NavigationProperty: z
              .array(z.object({ Name: z.string(), Relationship: z.string(), ToRole: z.string() }))
              .default([]),
          }),
        ),
        Association: z.array(
          z.object({ Name: z.string(), End: z.array(z.object({ Type: z.string(), Role: z.string() })) }),
        ),
        EntityContainer: z.object({ EntitySet: z.array(named.extend({ EntityType: z.string() })) }),
      }),
    }),
  }),
});

type EdmxSchema = z.infer<typeof edmxSchema>['edmx:Edmx']['edmx:DataServices']['Schema'];

const LISTS: ReadonlySet<string> = new Set([
  'EntityType',
  'Property',
  'NavigationProperty',
  'Association',
  'End',
  'EntitySet',
]);

/** Text of a file in this vendor's `fixtures/`. */
export function readFixture(name: string): string {
  return readFileSync(join(packageRoot(import.meta.dirname), 'system-apis/erp/sap-s4hana/fixtures', name), 'utf8');
}

/** Reads an OData V2 metadata document. */
export function parseEdmx(xml: string): ServiceModel {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    processEntities: false,
    isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && LISTS.has(name),
  });
  const { Schema: schema } = edmxSchema.parse(parser.parse(xml))['edmx:Edmx']['edmx:DataServices'];
  const typeByRole = new Map(schema.Association.flatMap(({ End }) => End.map((end) => [end.Role, end.Type] as const)));
  return {
    namespace: schema.Namespace,
    entitySets: Object.fromEntries(
      schema.EntityContainer.EntitySet.map((set) => [set.Name, withoutNamespace(set.EntityType)]),
    ),
    entities: Object.fromEntries(schema.EntityType.map((type) => [type.Name, entityModel(type, typeByRole)])),
  };
}

/** Reads a service model that was reduced from an OpenAPI document (fixtures/SOURCE.md tells how). */
export function parseServiceModel(json: string): ServiceModel {
  return serviceModelSchema.parse(JSON.parse(json));
}

function entityModel(type: EdmxSchema['EntityType'][number], typeByRole: ReadonlyMap<string, string>): EntityModel {
  return {
    properties: Object.fromEntries(
      type.Property.map((property) => [
        property.Name,
        {
          type: property.Type,
          maxLength: property.MaxLength === undefined ? undefined : Number(property.MaxLength),
          scale: property.Scale === undefined ? undefined : Number(property.Scale),
          creatable: property['sap:creatable'] !== 'false',
          updatable: property['sap:updatable'] !== 'false',
        },
      ]),
    ),
    navigations: Object.fromEntries(
      type.NavigationProperty.map(({ Name, ToRole }) => [Name, withoutNamespace(typeByRole.get(ToRole) ?? '')]),
    ),
  };
}

function withoutNamespace(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

// Compiled code stands elsewhere than the fixtures, which the build does not copy.
function packageRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('no package.json stands above the sandbox');
  return packageRoot(parent);
}
