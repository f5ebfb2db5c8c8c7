import { LRUCache } from 'lru-cache';

/** Of all documents that are kept; a parsed document takes about a hundred times its text. */
const CHARS_MAX = 500_000;

/** What was made of documents that passed, by their text or the hash of it; the least used are forgotten. */
export class DocumentCache<Prepared extends object> {
  private readonly known: LRUCache<string, Prepared>;

  /** @param charsOf the length of the document's text. */
  constructor(charsOf: (prepared: Prepared) => number) {
    this.known = new LRUCache({ maxSize: CHARS_MAX, sizeCalculation: (prepared) => Math.max(charsOf(prepared), 1) });
  }

  get(key: string): Prepared | undefined {
    return this.known.get(key);
  }

  set(key: string, prepared: Prepared): void {
    this.known.set(key, prepared);
  }

  delete(key: string): boolean {
    return this.known.delete(key);
  }
}
