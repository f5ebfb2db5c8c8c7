export * from './channel.port.js';
export { ChannelConnectors } from './channel-connectors.js';
export { ChannelTasks } from './channel-tasks.js';
export { ShownOnChannels } from './shown-on-channels.js';
