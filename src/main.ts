import 'reflect-metadata';
import { start } from './start.js';

process.exit(await start(process.argv.slice(2)));
