/** What notebook 00 stands on: one page, the protocol, the benchmark of the explorer. */
export { ANON_STEPS, type AnonStep, anonPage } from './anon-page.js';
export { type FileAndReader, fileAndReader, type Property } from './file-reader.js';
export { gupref, guprefScenario } from './gupref.js';
export { kindsTable } from './kinds-table.js';
export {
  PROTOCOL_LETTERS,
  PROTOCOL_VARIANTS,
  type Protocol,
  type ProtocolVariant,
  protocol,
} from './protocol.js';
export { story as default } from './story.js';
