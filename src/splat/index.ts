/** Reading "Bad page" reports out of kernel logs. */

export type { DecodeOptions } from './decode.js';
export { decode, decodeStream } from './decode.js';
export type { Evidence as LayoutEvidence, FlagLayout } from './layouts/flags.js';
export { flagLayouts, PAGE_FLAGS_CHECK_AT_FREE } from './layouts/flags.js';
export type { WordLayout } from './layouts/words.js';
export { wordLayouts } from './layouts/words.js';
export { type Container, containerOf, isBinary } from './no-text.js';
export { PAGE_BAD_REASONS, type PageBadReason } from './page-bad-reason.js';
export { formatReport } from './print.js';
export type {
  Certainty,
  Conclusion,
  DecodedWord,
  Finding,
  ReleaseBounds,
  SplatFlags,
  SplatFrame,
  SplatKind,
  SplatReport,
  SplatVma,
} from './types.js';
export type { SplatToWrite } from './write.js';
export { writeSplat } from './write.js';
