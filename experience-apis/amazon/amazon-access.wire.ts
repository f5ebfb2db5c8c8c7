import { z } from 'zod';

/** Login with Amazon: the answer to grant_type=refresh_token. The access token lives for an hour. */
export const AccessTokenWire = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string().nullish(),
  expires_in: z.number().positive(),
});

/** LWA's own error shape (OAuth 2.0). */
export const AccessErrorWire = z.looseObject({ error: z.string(), error_description: z.string().nullish() });

/** The error envelope of every SP-API operation. */
export const ErrorsWire = z.looseObject({
  errors: z
    .array(z.looseObject({ code: z.string(), message: z.string().nullish(), details: z.string().nullish() }))
    .min(1),
});

/** Header that carries the access token. */
export const ACCESS_TOKEN_HEADER = 'x-amz-access-token';
/** Header that tells the calls per second of the operation, when Amazon knows them. */
export const RATE_LIMIT_HEADER = 'x-amzn-ratelimit-limit';
