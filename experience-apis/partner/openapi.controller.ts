import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { PublicEndpoint } from '../../src/platform/auth/auth.decorators.js';
import { OpenApiDocuments, type OpenApiDocument } from './openapi.documents.js';

interface DocumentListing {
  readonly documents: readonly { readonly title: string; readonly version: string; readonly url: string }[];
}

/** The published contracts as JSON, for code generators and browsers of APIs. */
@Controller('openapi')
@PublicEndpoint('The contracts are published; nothing of a business is in them.')
export class OpenApiController {
  constructor(private readonly documents: OpenApiDocuments) {}

  @Get()
  list(): DocumentListing {
    const documents = [...this.documents.byName].map(([name, { info }]) => ({
      title: info.title,
      version: info.version,
      url: `/openapi/${name}.json`,
    }));
    return { documents };
  }

  @Get(':file')
  document(@Param('file') file: string): OpenApiDocument {
    const name = /^(.+)\.json$/.exec(file)?.[1] ?? '';
    const document = this.documents.byName.get(name);
    if (document === undefined) throw new NotFoundException();
    return document;
  }
}
