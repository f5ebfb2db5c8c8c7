import { DELIVERY_SERVICE, MATERIAL_STOCK_SERVICE, SALES_ORDER_SERVICE, type SapService } from '../sap-s4hana.wire.js';
import { badRequest, notFound } from './sap-fault.js';

const SERVICES: readonly SapService[] = [SALES_ORDER_SERVICE, DELIVERY_SERVICE, MATERIAL_STOCK_SERVICE];

/** A request's address: `/service/Set(key)/navigation?options`. */
export interface ODataAddress {
  readonly service: SapService;
  /** Entity set or function import; empty for the service itself. */
  readonly resource: string;
  /** Key values by property; a single unnamed key stands under ''. */
  readonly key: Readonly<Record<string, string>> | undefined;
  readonly navigation: string | undefined;
  readonly options: ReadonlyMap<string, string>;
}

/** Reads a raw URL. Throws SapFault for what is no address of the three services. */
export function parseAddress(url: string): ODataAddress {
  const [path = '', query = ''] = splitOnce(url, '?');
  const service = SERVICES.find((base) => path === base || path.startsWith(`${base}/`));
  if (service === undefined) throw notFound(`the path '${path}'`);
  const [segment = '', navigation] = decodeURIComponent(path.slice(service.length + 1)).split('/');
  const match = /^(\$?\w*)(?:\((.*)\))?$/s.exec(segment);
  if (match === null) throw badRequest(`Malformed URI segment '${segment}'`);
  const [, resource = '', predicate] = match;
  return {
    service,
    resource,
    key: predicate === undefined ? undefined : parseKey(predicate),
    navigation: navigation === '' ? undefined : navigation,
    options: new Map(new URLSearchParams(query)),
  };
}

/** The value of an OData string literal: `'O''Neill'` is O'Neill. */
export function unquote(literal: string): string {
  if (!/^'(?:[^']|'')*'$/s.test(literal)) throw badRequest(`Malformed literal ${literal}`);
  return literal.slice(1, -1).replaceAll("''", "'");
}

function parseKey(predicate: string): Readonly<Record<string, string>> {
  if (predicate.startsWith("'")) return { '': unquote(predicate) };
  const parts = [...predicate.matchAll(/(\w+)=('(?:[^']|'')*')(?:,|$)/g)];
  if (parts.length === 0) throw badRequest(`Malformed key predicate (${predicate})`);
  return Object.fromEntries(parts.map(([, name = '', value = '']) => [name, unquote(value)]));
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
