import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../../src/platform/config/config.js';
import { ConsoleController } from './console.controller.js';
import { ConsoleFiles } from './console-files.js';

/** The console under `/console`: the built page of web/, and how to sign in. Needs globally: CONFIG, BrowserSignIn. */
@Module({
  controllers: [ConsoleController],
  providers: [
    // Read once, at the start.
    { provide: ConsoleFiles, inject: [CONFIG], useFactory: ({ consoleDir }: Config) => ConsoleFiles.read(consoleDir) },
  ],
})
export class ConsoleModule {}
