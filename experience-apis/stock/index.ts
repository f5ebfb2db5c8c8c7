export { StockModule } from './stock.module.js';
