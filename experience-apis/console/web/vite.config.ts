import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** A hub to talk to while pages are written: `npm start` in another terminal. */
const HUB = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  // graphql has an ESM and a CJS build; the library of the types imports neither.
  build: {
    target: 'es2024',
    outDir: 'dist',
    emptyOutDir: true,
    // Everything is a file of its own: the policy of the page allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: true,
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/graphql': { target: HUB, ws: true },
      '/auth': HUB,
      '/oauth': HUB,
      '/.well-known': HUB,
      '/console/config.json': HUB,
    },
  },
});
