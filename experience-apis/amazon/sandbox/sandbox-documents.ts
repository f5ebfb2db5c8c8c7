import { randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A signed URL counts for so long. */
const URL_MS = 5 * 60_000;
/** Input documents that are kept; older ones were never made a feed. */
const INPUTS_MAX = 100;

interface InputDocument {
  readonly contentType: string;
  content?: string;
}

interface Signed {
  readonly documentId: string;
  readonly until: number;
}

export interface StorageAnswer {
  readonly status: number;
  readonly body: Buffer | string;
}

const REFUSED: StorageAnswer = {
  status: 403,
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match the signature you provided.</Message></Error>',
};

/** Amazon's storage of feed documents: whoever has the signed URL may upload or download, for five minutes. */
export class SandboxDocuments {
  private readonly inputs = new Map<string, InputDocument>();
  private readonly signed = new Map<string, Signed>();

  constructor(private readonly now: () => number) {}

  create(contentType: string): { readonly documentId: string; readonly signature: string } {
    const documentId = `amzn1.tortuga.4.eu.${randomUUID()}`;
    this.inputs.set(documentId, { contentType });
    const oldest = this.inputs.keys().next();
    if (this.inputs.size > INPUTS_MAX && !oldest.done) this.inputs.delete(oldest.value);
    return { documentId, signature: this.sign(documentId) };
  }

  /** The content type is part of what was signed: another one is refused. */
  upload(signature: string, contentType: string | undefined, content: string): StorageAnswer {
    const input = this.inputs.get(this.documentOf(signature) ?? '');
    if (input === undefined || input.contentType !== contentType) return REFUSED;
    input.content = content;
    return { status: 200, body: '' };
  }

  /** What was uploaded; undefined for a document that is not there or holds nothing yet. */
  uploaded(documentId: string): string | undefined {
    return this.inputs.get(documentId)?.content;
  }

  sign(documentId: string): string {
    for (const [signature, { until }] of this.signed) if (until <= this.now()) this.signed.delete(signature);
    const signature = randomBytes(16).toString('hex');
    this.signed.set(signature, { documentId, until: this.now() + URL_MS });
    return signature;
  }

  download(signature: string, read: (documentId: string) => string | undefined, gzip: boolean): StorageAnswer {
    const content = read(this.documentOf(signature) ?? '');
    if (content === undefined) return REFUSED;
    return { status: 200, body: gzip ? gzipSync(content) : content };
  }

  private documentOf(signature: string): string | undefined {
    const signed = this.signed.get(signature);
    return signed !== undefined && signed.until > this.now() ? signed.documentId : undefined;
  }
}
