/** An answer that SAP refuses a request with. `code` is SAP's message class and number where one is known. */
export class SapFault extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly { readonly code: string; readonly message: string }[] = [],
  ) {
    super(message);
    this.name = 'SapFault';
  }
}

export function badRequest(message: string): SapFault {
  return new SapFault(400, '/IWBEP/CM_MGW_RT/020', message);
}

export function notFound(what: string): SapFault {
  return new SapFault(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for ${what}`);
}

/** SAP's error envelope. `errordetails` starts with the message itself. */
export function faultBody(fault: SapFault): object {
  const details = [{ code: fault.code, message: fault.message }, ...fault.details];
  return {
    error: {
      code: fault.code,
      message: { lang: 'en', value: fault.message },
      innererror: {
        application: { component_id: 'SD-SLS', service_namespace: '/SAP/', service_version: '0001' },
        transactionid: '4F4E5F53414E44424F58000000000000',
        errordetails: details.map((detail) => ({ ...detail, longtext_url: '', propertyref: '', severity: 'error' })),
      },
    },
  };
}
