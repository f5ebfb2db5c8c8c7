import { Module, type DynamicModule } from '@nestjs/common';
import { FieldCipher } from './field-cipher.js';
import { KeyRing } from './key-ring.js';

export interface CryptoSettings {
  /** The key ring as text; undefined for the one in the data directory. */
  readonly encryptionKeys: string | undefined;
  readonly dataDir: string;
}

/** Hands the FieldCipher to all modules. */
@Module({})
export class CryptoModule {
  static forRoot({ encryptionKeys, dataDir }: CryptoSettings): DynamicModule {
    const cipher = { provide: FieldCipher, useFactory: () => new FieldCipher(KeyRing.load(encryptionKeys, dataDir)) };
    return { module: CryptoModule, global: true, providers: [cipher], exports: [FieldCipher] };
  }
}
