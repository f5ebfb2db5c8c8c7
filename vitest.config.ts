import { createRequire } from 'node:module';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

const SIMULATION = 'test/simulation/**/*.spec.ts';

const building = {
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
};
const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Most of them wait for a database, a hub or a browser most of the time.
    maxWorkers: 3,
    projects: [
      {
        ...building,
        test: {
          ...patience,
          name: 'hub',
          include: [
            'src/**/*.spec.ts',
            'system-apis/**/*.spec.ts',
            'process-apis/**/*.spec.ts',
            'experience-apis/**/*.spec.ts',
            'test/**/*.spec.ts',
          ],
          exclude: [SIMULATION],
          globalSetup: ['test/support/postgres.global.ts'],
          // Modules are loaded once for each worker, not once for each file: each file ends what it starts.
          isolate: false,
        },
      },
      // Rules over time and chance in its process: nobody else may be there.
      { ...building, test: { ...patience, name: 'simulation', include: [SIMULATION] } },
    ],
  },
});
