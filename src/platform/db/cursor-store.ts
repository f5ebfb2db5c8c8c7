/** Where a reader of something outside stands. Small durable values by name (`amazon-orders:amazon-de`). */
export abstract class CursorStore {
  abstract get(name: string): Promise<string | undefined>;
  abstract set(name: string, value: string): Promise<void>;
}
