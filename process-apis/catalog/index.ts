export * from './catalog.types.js';
export { SqlCatalog } from './catalog.service.js';
