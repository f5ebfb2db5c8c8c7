import { createRequire } from 'node:module';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [
    // Not from .swcrc: that one leaves specs out of the build.
    swc.vite({
      swcrc: false,
      jsc: {
        target: 'es2024',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
    }),
  ],
  resolve: {
    // graphql must be one module for all, or its instanceof checks fail across copies.
    alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }],
  },
  test: {
    include: [
      'src/**/*.spec.ts',
      'system-apis/**/*.spec.ts',
      'process-apis/**/*.spec.ts',
      'experience-apis/**/*.spec.ts',
      'test/**/*.spec.ts',
    ],
    globalSetup: ['test/support/postgres.global.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
