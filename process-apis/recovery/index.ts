export { AfterLoss, type AfterLossParts } from './after-loss.js';
