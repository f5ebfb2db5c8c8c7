import type { Entity } from './entity-check.js';
import type { ODataAddress } from './odata-request.js';
import { badRequest } from './sap-fault.js';
import type { ServiceModel } from './service-model.js';

const PAGE_MAX = 1_000;

/** One entity as it goes out: all properties, with its place and etag. */
export interface OutgoingEntity {
  readonly type: string;
  /** `A_SalesOrder('1')` */
  readonly path: string;
  readonly etag?: string;
  readonly properties: Entity;
}

/** `{ d: … }` of one entity. */
export function entityBody(
  model: ServiceModel,
  baseUrl: string,
  entity: OutgoingEntity,
  address: ODataAddress,
): object {
  return { d: project(model, baseUrl, entity, address) };
}

/** `{ d: { results } }` of a page, with `__count` when asked for. */
export function collectionBody(
  model: ServiceModel,
  baseUrl: string,
  entities: readonly OutgoingEntity[],
  address: ODataAddress,
): object {
  const skip = count(address, '$skip', 0);
  const page = entities.slice(skip, skip + Math.min(count(address, '$top', PAGE_MAX), PAGE_MAX));
  const results = page.map((entity) => project(model, baseUrl, entity, address));
  const total = address.options.get('$inlinecount') === 'allpages' ? { __count: String(entities.length) } : {};
  return { d: { ...total, results } };
}

function project(model: ServiceModel, baseUrl: string, entity: OutgoingEntity, address: ODataAddress): object {
  const { type, path, etag, properties } = entity;
  const known = model.entities[type];
  const selected = address.options.get('$select')?.split(',');
  const unknown = selected?.find(
    (name) => known?.properties[name] === undefined && known?.navigations[name] === undefined,
  );
  if (unknown !== undefined) throw badRequest(`Property '${unknown}' of $select is not a property of '${type}'`);
  const uri = `${baseUrl}${address.service}/${path}`;
  const navigations = Object.keys(known?.navigations ?? {}).map((name): readonly [string, unknown] => [
    name,
    properties[name] ?? { __deferred: { uri: `${uri}/${name}` } },
  ]);
  const all: Entity = { ...properties, ...Object.fromEntries(navigations) };
  return {
    __metadata: { id: uri, uri, type: `${model.namespace}.${type}`, ...(etag === undefined ? {} : { etag }) },
    ...(selected === undefined ? all : Object.fromEntries(selected.map((name) => [name, all[name] ?? '']))),
  };
}

function count(address: ODataAddress, option: '$top' | '$skip', absent: number): number {
  const text = address.options.get(option);
  if (text === undefined) return absent;
  if (!/^\d{1,6}$/.test(text)) throw badRequest(`Invalid value for ${option}`);
  return Number(text);
}
