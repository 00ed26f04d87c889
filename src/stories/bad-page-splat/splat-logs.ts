/** The log excerpt of the thread of July 2024, and a page of a model as the kernel would print it. */

import { dataText } from '../../linux/data/data-file.js';
import { KernelError } from '../../linux/data/error.js';
import { parseTag } from '../../linux/data/tag.js';
import { type FreedPage, page_bad_reason } from '../../linux/mm/bad-page.js';
import { writeSplat } from '../../splat/index.js';

/** data/splats/thread-003.log: lines of the log, nothing of the mail. */
export function threadSplat(): string {
  return dataText('splats/thread-003.log');
}

/** The lines of a log from its first report on, without time stamps: the report, whose CPU, and the functions of the trace. */
export function reportLines(log: string): readonly string[] {
  const lines = log.split('\n').map(line => line.replace(/^\[ *[\d.]+\] /, ''));
  const from = lines.findIndex(line => line.startsWith('BUG: Bad page state'));
  const modules = lines.findIndex((line, i) => i > from && line.startsWith('Modules linked in'));
  const cpu = lines.filter((line, i) => i > from && line.startsWith('CPU: ')).slice(0, 1);
  const calls = lines.filter((line, i) => i > from && /^\w[\w.]+\+0x/.test(line));
  return [...lines.slice(from, modules), ...cpu, ...calls.slice(0, 16)];
}

/** What a report says besides the page. */
export interface Scene {
  /** `6.9.12+v11`, `6.12.117`: the format, the numbers of the flags and the name are those of this release. */
  readonly release: string;
  readonly process: string;
  readonly pfn: number;
  readonly index?: bigint;
  /** Functions, innermost first, without dump_stack and bad_page. */
  readonly trace: readonly string[];
  readonly taint?: string;
}

/** PG_anon_exclusive shares a bit: up to 6.11 it is printed as mappedtodisk, then as owner_2. */
function printedName(flag: string, release: string): string {
  if (flag !== 'anon_exclusive') return flag;
  const { major, minor } = parseTag(release);
  return major > 6 || (major === 6 && minor >= 12) ? 'owner_2' : 'mappedtodisk';
}

/** The report that bad_page() prints of this page. Errors: the free path has nothing against it; as `writeSplat`. */
export function splatOf(page: FreedPage, scene: Scene): string {
  const reason = page_bad_reason(page);
  if (reason === null) throw new KernelError('the free path finds nothing wrong with this page: there is no report');
  const { release, trace, ...rest } = scene;
  return writeSplat(
    {
      ...rest,
      refcount: page.refcount,
      mapcount: page.mapcount,
      reason,
      flags: page.flags.map(f => printedName(f, release)),
      ...(page.mapping === 'file' ? { mapping: 'ffff8881079b2c38' } : {}),
      trace: ['dump_stack_lvl', 'bad_page', ...trace],
    },
    parseTag(release).tag.split('+')[0] ?? release,
  );
}
