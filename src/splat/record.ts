/** What one line of a page report says. */
import type { SplatFlags, SplatKind } from './types.js';

export type Pairs = Record<string, string>;

/** Fields that a line of their own sets. */
export type SetKey = 'pageType' | 'memcg' | 'aops' | 'hardware' | 'bugAt' | 'at' | 'pageOwner';

export type SplatRecord =
  | {
      is: 'header';
      kind: SplatKind;
      process: string;
      pfn: string | null;
      page: string | null;
      tables: Pairs;
      quoted: boolean;
      /** Whether text stands before or behind it, as in prose about a report. */
      loose: boolean;
    }
  | { is: 'page'; page: string | null; pairs: Pairs; note: string | null; inside: boolean }
  | { is: 'flags'; flags: SplatFlags }
  | { is: 'badFlags'; value: string | null; names: string[] | null }
  | { is: 'raw'; words: string[]; full: boolean }
  | { is: 'headWords'; words: string[]; full: boolean }
  | { is: 'head'; pairs: Pairs }
  | { is: 'reason'; reason: string }
  | { is: 'set'; key: SetKey; value: string }
  | { is: 'anon' }
  | { is: 'note'; text: string }
  | { is: 'swapEntry'; text: string }
  | { is: 'addr'; pairs: Pairs }
  | { is: 'tables'; tables: Pairs }
  | {
      is: 'cpu';
      comm: string | null;
      pid: number | null;
      cpu: number | null;
      taint: string | null;
      kernel: string | null;
    }
  | { is: 'version'; kernel: string }
  | { is: 'suppressed'; count: number }
  | { is: 'traceStart' }
  | { is: 'traceEnd' };

/** The page-table entries in a text: `pte:`, `pmd:`, `pud:`, `p4d:`, `pgd:`, and `entry:` of no named level, with their hex digits. */
export function tablesOf(text: string): Pairs {
  const found: Pairs = {};
  for (const m of text.matchAll(/(?<!\w)(pte|pmd|pud|p4d|pgd|entry):\s?([0-9a-f]+)/g)) found[m[1] ?? ''] = m[2] ?? '';
  return found;
}
