export * from './channel.port.js';
export { ChannelConnectors } from './channel-connectors.js';
