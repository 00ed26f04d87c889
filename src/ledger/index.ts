/** Who holds what, step by step. */
export { activeHolders, countsOf, type Ledger, type LedgerRow, ledgerOf, type Overdraft, owedAtEnd } from './ledger.js';
