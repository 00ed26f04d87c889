/** A page_ref trace of any kernel -> who took, who gave back, who still holds. */
export type { PageRefEvent, PageRefOp } from './event.js';
export { changeOf, pfnText } from './event.js';
export { functionsOf, holderOf } from './holders.js';
export { entryOf, PageLedger } from './ledger.js';
export {
  BEFORE,
  type Entry,
  type HolderTotal,
  type LedgerOptions,
  type Life,
  type Pair,
  type ScoreRow,
} from './lives.js';
export { TraceReader } from './parse.js';
export { readLines } from './read.js';
export { holding, ledgerText, pairsOf, scoreText, takersOf } from './text.js';
