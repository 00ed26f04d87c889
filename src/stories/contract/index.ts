/** Write the contract: a rule for taking and putting references, against every kind of page and every era of KVM. */
export { BOUNDS, type CellWord, type ContractCell, contractCell, type SearchedCell } from './cell.js';
export { everyRule, type NoRule, type Question, questionsOf } from './every-rule.js';
export { HISTORIC_RULES, type HistoricRule, historicRule, KVM_RULES } from './history.js';
export { ANON_RULE, type ContractAnswer, type TwelveAnswers } from './lesson.js';
export { confirmedCell, contractMatrix, MATRIX_RELEASES, type MatrixCell, matrixFigure } from './matrix.js';
export { type ReleaseContract, releaseContract } from './model.js';
export { type NamedPolicies, policyMatrix, TEARDOWN_RELEASES, teardownMatrix } from './other-contracts.js';
export { CONTRACT_KINDS } from './page-kinds.js';
export { FACTS, type PfnFacts } from './pfn-facts.js';
export { type Carries, type Contract, type ContractSpec, contract } from './rule.js';
export { story as default } from './story.js';
export { TWELVE, type Twelve, type TwelveLetter } from './twelve.js';
