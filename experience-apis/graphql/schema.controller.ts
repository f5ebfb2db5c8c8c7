import { Controller, Get, Header } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { printSchema } from 'graphql';
import { OpenToChannels, Scopes } from '../../src/platform/auth/auth.decorators.js';
import { INTROSPECTION_SCOPE } from './http-policy.plugin.js';

/** The schema as text, for editors and generators. */
@Controller('graphql')
export class SchemaController {
  private printed: string | undefined;

  constructor(private readonly host: GraphQLSchemaHost) {}

  @Get('schema.graphql')
  @Scopes(INTROSPECTION_SCOPE)
  @OpenToChannels()
  @Header('content-type', 'text/plain; charset=utf-8')
  schema(): string {
    this.printed ??= printSchema(this.host.schema);
    return this.printed;
  }
}
