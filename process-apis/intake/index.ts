export * from './intake.types.js';
