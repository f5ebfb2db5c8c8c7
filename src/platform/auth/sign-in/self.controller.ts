import { Controller, Get } from '@nestjs/common';
import { Caller, OpenToChannels } from '../auth.decorators.js';
import type { Principal } from '../principal.js';

/** Tells callers what their own token is good for: a page cannot read it from the tokens of every issuer. */
@Controller()
export class SelfController {
  @Get('auth/self')
  @OpenToChannels()
  self(@Caller() { subject, scopes, channel, expiresAt }: Principal): object {
    return { subject, scopes: [...scopes].toSorted(), expiresAt, ...(channel === undefined ? {} : { channel }) };
  }
}
