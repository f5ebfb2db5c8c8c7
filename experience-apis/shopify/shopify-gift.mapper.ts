import type { ChannelOrderLine } from '../../src/model/channel-order.js';
import { defined } from './defined.js';
import type { WireLineItem, WireOrder, WireProperty } from './shopify.wire.js';

/*
 * Shopify has no field for gifts. Themes and gift apps write them as line properties or order attributes with names such as
 * "Gift message", "gift_note", "_gift-wrap"; names are compared by their letters alone.
 */
const MESSAGE_NAMES: ReadonlySet<string> = new Set(['giftmessage', 'giftnote', 'giftcardmessage']);
const WRAP_NAMES: ReadonlySet<string> = new Set(['giftwrap', 'giftwrapping']);
const NO_WRAP: ReadonlySet<string> = new Set(['', 'no', 'false', 'none', '0']);

/** What the warehouse must do for a gift; the message itself is personal and stands with the parties. */
export function giftOf(line: WireLineItem): ChannelOrderLine['gift'] {
  const properties = line.properties ?? [];
  const wrap = find(properties, WRAP_NAMES);
  const wrapped = wrap !== undefined && !NO_WRAP.has(wrap.trim().toLowerCase());
  const hasMessage = find(properties, MESSAGE_NAMES) !== undefined;
  return wrapped || hasMessage ? { hasMessage, ...defined({ wrap: wrapped ? wrap : undefined }) } : undefined;
}

/** Gift messages by line reference; '' is the whole order's. */
export function giftMessages(order: WireOrder): Readonly<Record<string, string>> | undefined {
  const messages: [string, string][] = [];
  const whole = find(order.note_attributes ?? [], MESSAGE_NAMES);
  if (whole !== undefined) messages.push(['', whole]);
  for (const line of order.line_items ?? []) {
    const message = find(line.properties ?? [], MESSAGE_NAMES);
    if (message !== undefined) messages.push([line.id, message]);
  }
  return messages.length === 0 ? undefined : Object.fromEntries(messages);
}

/** A property's value as text; structured values as their JSON. */
export function propertyText(property: WireProperty): string {
  return typeof property.value === 'string' ? property.value : JSON.stringify(property.value ?? '');
}

function find(properties: readonly WireProperty[], names: ReadonlySet<string>): string | undefined {
  const property = properties.find(({ name }) => names.has(name.toLowerCase().replace(/[^a-z]/g, '')));
  const value = property === undefined ? '' : propertyText(property);
  return value === '' || value === '""' ? undefined : value;
}
