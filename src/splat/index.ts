/** Reading "Bad page" reports out of kernel logs. */

export type { DecodeOptions } from './decode.js';
export { decode, decodeStream } from './decode.js';
export { formatReport } from './print.js';
export type {
  Certainty,
  DecodedWord,
  Finding,
  SplatFlags,
  SplatFrame,
  SplatKind,
  SplatReport,
  SplatVma,
} from './types.js';
