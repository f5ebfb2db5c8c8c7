/** Shopify's global ids. Webhooks and tables hold the number alone; the Admin API takes and gives `gid://shopify/<type>/<number>`. */
export function toGid(type: 'InventoryItem' | 'LineItem' | 'Location' | 'Order', id: string): string {
  return id.startsWith('gid://') ? id : `gid://shopify/${type}/${id}`;
}

export function fromGid(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}
