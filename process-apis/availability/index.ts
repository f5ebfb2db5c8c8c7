export { allocate, type Allocation, type Demand, type Shortage, type StockView } from './allocate.js';
export { findUnexplainedPositions, readPositions, type UnexplainedPosition } from './position.sql.js';
export { StockBook, StockInvariantError } from './stock-book.js';
export { STOCK_FACTS_MAX, StockIntake } from './stock-intake.js';
