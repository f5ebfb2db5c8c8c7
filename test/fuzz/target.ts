import type { SeededRandom } from '../support/seeded-random.js';

/** In what form a place refuses; a `page` is for people, and may send them on. */
export type AnswerForm = 'problem' | 'graphql' | 'oauth' | 'page';

/** Where payloads go, and what good ones look like. */
export interface Target {
  /** `POST /wms/v1/events`, as the hub's routes name it; with a word after it where one route has several kinds of payload. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Good bodies; none for a place without a body. */
  readonly seeds: readonly unknown[];
  readonly contentType: string;
  readonly form: AnswerForm;
  /** Headers that go with this very body: signatures, keys. `n` is the number of the payload. */
  headers(body: Buffer, n: number, random: SeededRandom): Readonly<Record<string, string>>;
  /** Parameters that the address may carry after its path. */
  readonly query: readonly string[];
  /** Makes the body one of its own, so that it is not taken for a repetition. */
  fresh?(seed: object, n: number): object;
  /** A payload that comes with a right signature is kept whatever becomes of it: by what the stored message is found. */
  keptAs?(
    answer: { readonly status: number; readonly body: string },
    sent: Readonly<Record<string, string>>,
  ): StoredAs | undefined;
}

/** The hub's id of the message, or its sender's. */
export type StoredAs = { readonly id: string } | { readonly externalId: string };

/** What the hub under fuzz tells of itself. */
export interface FuzzedHub {
  readonly url: string;
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** May do everything. */
  readonly bearer: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Placed before the first payload, released to the warehouse, and standing still there. */
  readonly orders: readonly { readonly id: string; readonly channel: string; readonly reference: string }[];
  readonly work: readonly KnownWork[];
  /** The schema of the graph, as introspection gives it. */
  readonly schema: unknown;
}

/** A line of work that the warehouse holds. */
export interface KnownWork {
  readonly fulfillmentOrderId: string;
  readonly lineId: string;
  readonly quantity: number;
}
