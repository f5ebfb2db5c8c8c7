export { AmazonModule } from './amazon.module.js';
export { AmazonPoller } from './amazon.poller.js';
