/** A sequence that the model gets wrong, as a story: operation, kernel, model. */

import type { RecordedKernel } from '#src/linux/index.js';
import { inWords } from '#src/replay/difference.js';
import type { RecordedSequence } from '#src/replay/recording.js';
import { playSequence } from '#src/replay/replay.js';
import type { RecordedPage, SequenceRow } from '#src/replay/sequence-compare.js';

const GUP = ['pin_user_pages', 'pin_user_pages_fast', 'get_user_pages_fast'];
const FLAGS = ['', 'FOLL_WRITE', 'FOLL_LONGTERM', 'FOLL_WRITE|FOLL_LONGTERM'];

/** `g011`: the parent calls pin_user_pages_fast(FOLL_WRITE) on page 0. */
export function operationInWords(op: string): string {
  const [kind = '', page = ''] = op;
  const who = /^[RWDG]/.test(op) ? 'the child' : 'the parent';
  switch (kind.toLowerCase()) {
    case 'r':
      return `${who} reads page ${page}`;
    case 'w':
      return `${who} writes page ${page}`;
    case 'd':
      return `${who} calls MADV_DONTNEED on page ${page}`;
    case 'g':
      return `${who} calls ${GUP[Number(op[3])] ?? '?'}(${FLAGS[Number(op[2])] ?? '?'}) on page ${page}`;
    case 'u':
      return `what gup ${op.slice(1)} took is given back`;
    case 'f':
      return 'fork';
    case 'x':
      return 'the child exits';
    default:
      return (
        { kc: 'a guest is made', kd: 'the guest is destroyed' }[op] ??
        `the guest ${op[1] === 'r' ? 'reads' : 'writes'} page ${op[2]}`
      );
  }
}

function pageInWords(page: RecordedPage | null): string {
  if (page === null) return '–';
  const [pfn, ref, mapcount, flags] = page;
  return `${pfn}: count ${ref}, mapcount ${mapcount}${(flags & 4) > 0 ? ', zero page' : ''}${(flags & 1) > 0 ? ', writable' : ''}`;
}

function kernelInWords(row: SequenceRow): string {
  const pages = (name: string, of: SequenceRow['p'] | null) =>
    of === null ? [] : of.map((page, i) => `${name} ${i} ${pageInWords(page)}`);
  const released =
    row.rel === null ? [] : [`released ${row.rel.map(([pfn, ref]) => `${pfn} at ${ref}`).join(', ') || 'nothing'}`];
  return [...pages('page', row.p), ...pages('child’s', row.c), ...released].filter(t => !t.endsWith('–')).join('; ');
}

/** The whole story; the model differs in its last operation. */
export function storyOf(sequence: RecordedSequence, kernel: RecordedKernel): string {
  const played = playSequence(sequence, kernel);
  const lines = played.map((differences, i) => {
    const row = sequence.rows[i];
    if (row === undefined) return '';
    const says = differences.map(inWords).join('; ');
    return `  ${String(i).padStart(2)} ${row.op.padEnd(5)} ${operationInWords(row.op)}\n       kernel: ${kernelInWords(row)}\n       model:  ${says === '' ? 'the same' : says}`;
  });
  return [`${sequence.name} on ${kernel}:`, ...lines].join('\n');
}
