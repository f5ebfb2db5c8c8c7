import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OutsideGate } from '../../../src/platform/outside/outside-gate.js';
import { OutsideHttp } from '../../../src/platform/outside/outside-http.js';
import { readBody, refuseErrorMessages, SAP_SYSTEM, sapFailure } from './sap-s4hana.errors.js';
import { SAP_POLICIES } from './sap-s4hana.policies.js';
import { processingMessageSchema } from './sap-s4hana.wire.js';

const http = new OutsideHttp(SAP_SYSTEM, SAP_POLICIES, new OutsideGate());
afterAll(() => http.close());

const answer = (status: number, body: unknown) => ({
  status,
  headers: {},
  cookies: [],
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const sapError = (code: string, message: string, details: readonly object[] = []) => ({
  error: { code, message: { lang: 'en', value: message }, innererror: { errordetails: details } },
});

const message = (type: string, number: string) =>
  processingMessageSchema.parse({
    SystemMessageType: type,
    SystemMessageIdentification: 'VL',
    SystemMessageNumber: number,
    SystemMessageVariable1: '80000001',
  });

const OWN_REASONS = { 'ZV/012': 'CREDIT_HOLD', 'ZV/013': 'CUSTOMER_MISSING' };

describe('sapFailure', () => {
  it("says SAP's sentences once each, without its warnings", () => {
    const body = sapError('V1/382', 'Material X is not defined', [
      { code: 'V1/382', message: 'Material X is not defined', severity: 'error' },
      { code: 'V1/555', message: 'Item 20 is incomplete', severity: 'error' },
      { code: 'V4/001', message: 'Price was rounded', severity: 'warning' },
    ]);
    const failure = sapFailure(http, 'A_SalesOrder.create', answer(400, body));
    expect(failure.kind).toBe('rejected');
    expect(failure.message).toBe(
      'sap-s4hana answered A_SalesOrder.create with 400: Material X is not defined Item 20 is incomplete',
    );
  });

  it.each([
    { status: 400, code: 'V1/042', kind: 'transient' },
    { status: 412, code: '/IWFND/CM_MGW/096', kind: 'transient' },
    { status: 401, code: '', kind: 'authentication' },
    { status: 429, code: '', kind: 'throttled' },
    { status: 500, code: '', kind: 'transient' },
  ])('of $status with code "$code" is $kind', ({ status, code, kind }) => {
    expect(sapFailure(http, 'x', answer(status, sapError(code, 'said'))).kind).toBe(kind);
  });

  it.each([
    ['V1/382', 'UNKNOWN_ITEM'],
    ['M3/305', 'UNKNOWN_ITEM'],
    ['ZV/012', 'CREDIT_HOLD'],
    ['ZV/013', 'CUSTOMER_MISSING'],
    ['VP/204', undefined],
    ['V1/801', undefined],
    ['V1/999', undefined],
    ['V1/042', undefined],
  ])('of %s has the reason %s', (code, reason) => {
    const failure = sapFailure(http, 'x', answer(400, sapError(code, 'said')), OWN_REASONS);
    expect(failure.details.reason).toBe(reason);
  });

  it('does not repeat a page of HTML', () => {
    const failure = sapFailure(http, 'x', answer(503, '<html><body>Service Unavailable</body></html>'));
    expect(failure.message).toBe('sap-s4hana answered x with 503: (an HTML page)');
  });
});

describe('refuseErrorMessages', () => {
  it('lets success and information pass', () => {
    expect(() => refuseErrorMessages('PickAllItems', [message('S', '311'), message('I', '001')])).not.toThrow();
  });

  it('refuses an error that came with 200', () => {
    const errors = [message('E', '609')];
    expect(() => refuseErrorMessages('PostGoodsIssue', errors)).toThrow(expect.objectContaining({ kind: 'rejected' }));
    expect(() => refuseErrorMessages('PostGoodsIssue', errors)).toThrow(
      'sap-s4hana refused PostGoodsIssue: message VL/609 (80000001)',
    );
  });

  it('waits for a lock to go', () => {
    expect(() => refuseErrorMessages('PostGoodsIssue', [message('E', '046')])).toThrow(
      expect.objectContaining({ kind: 'transient' }),
    );
  });
});

describe('readBody', () => {
  it('names the path that does not fit, and not what stands there', () => {
    const schema = z.object({ d: z.object({ SalesOrder: z.string() }) });
    const read = () => readBody('A_SalesOrder.create', answer(201, { d: { SalesOrder: 12345 } }), schema);
    expect(read).toThrow(expect.objectContaining({ kind: 'contract' }));
    expect(read).toThrow(/d\.SalesOrder$/);
    expect(() => readBody('x', answer(200, 'not JSON'), schema)).toThrow(/\(body\)$/);
  });
});
