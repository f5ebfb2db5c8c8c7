import { OutsideError } from '../../../src/platform/outside/outside-error.js';

const PRECONDITION_FAILED = 412;

/**
 * Reads and changes a document, once more when somebody changed it between our read and our write.
 * `readAndChange` must read afresh each time.
 */
export async function onceMoreIfStale<Result>(readAndChange: () => Promise<Result>): Promise<Result> {
  try {
    return await readAndChange();
  } catch (error) {
    if (!(error instanceof OutsideError) || error.details.status !== PRECONDITION_FAILED) throw error;
    return readAndChange();
  }
}
