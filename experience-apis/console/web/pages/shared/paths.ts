/** Where things have their page in the console. */

export function itemPath(sku: string): string {
  return `/inventory/${encodeURIComponent(sku)}`;
}

export function positionPath(sku: string, node: string): string {
  return `${itemPath(sku)}/${encodeURIComponent(node)}`;
}

export function orderPath(id: string): string {
  return `/orders/${encodeURIComponent(id)}`;
}

export function systemPath(name: string): string {
  return `/systems/${encodeURIComponent(name)}`;
}

export function channelPath(key: string): string {
  return `/channels/${encodeURIComponent(key)}`;
}

export function exceptionPath(id: string): string {
  return `/exceptions/${encodeURIComponent(id)}`;
}
