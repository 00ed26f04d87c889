/** The records beside the page itself: the CPU line, and lines that hold one value. */
import { type SplatRecord, tablesOf } from './record.js';

const taintText = /(Not tainted|Tainted:(?! \[)\s.*?)(?=\s+\(?\d+\.\d+|\s*$)/;
const kernelText = /\s\(?(\d+\.\d+[\w.+~:/@-]*)\)?/;

/** Whether the line that names CPU, process and kernel still lacks the kernel: a mailer may have wrapped it. */
export function cpuLineIsShort(text: string): boolean {
  if (!/(?:CPU: ?\d+.*|Pid: \d+, )[Cc]omm: ?\S/.test(text)) return false;
  const at = text.search(/Not tainted|Tainted:/);
  return at < 0 || !kernelText.test(text.slice(at));
}

export function readCpu(text: string): SplatRecord | null {
  const at = text.search(/Not tainted|Tainted:(?! \[)/);
  if (/WARNING: CPU/.test(text) || (at < 0 && !/CPU: ?\d+ .*Comm: /.test(text))) return null;
  const new_ = /CPU: ?(\d+)\s+(?:UID: \d+ )?PID: (\d+) Comm: (.*?)(?= Kdump: | Not tainted| Tainted:|$)/.exec(text);
  const pid = /Pid: (\d+), comm:\s*(.*?)(?= Not tainted| Tainted:|$)/.exec(text);
  const plainCpu = /CPU:?\s+(\d+)/.exec(text);
  if (new_ === null && pid === null && plainCpu === null && !/^(?:EIP|RIP|NIP)/.test(text)) return null;
  const rest = at < 0 ? '' : text.slice(at);
  const kernel = kernelText.exec(rest.replace(/^(?:Not tainted|Tainted:)/, ''))?.[1] ?? null;
  const number = (t: string | undefined) => (t === undefined ? null : Number(t));
  return {
    is: 'cpu',
    cpu: number(new_?.[1] ?? plainCpu?.[1]),
    pid: number(new_?.[2] ?? pid?.[1]),
    comm: (new_?.[3] ?? pid?.[2])?.trim() ?? null,
    taint: at < 0 ? null : (taintText.exec(rest)?.[1]?.trim() ?? null),
    kernel,
  };
}

export function readSmall(text: string): SplatRecord | null {
  let m = /page_type: (.*)$/.exec(text);
  if (m !== null) return { is: 'set', key: 'pageType', value: (m[1] ?? '').replace(/\)[^)]$/, ')').trim() };
  m = /^page dumped because:\s*(.*)$/.exec(text);
  // A format string of the kernel's source is no reason.
  if (m !== null && !m[1]?.includes('%s')) return { is: 'reason', reason: (m[1] ?? '').trim().slice(0, 1000) };
  m = /^(?:page->mem_cgroup|memcg|cgroup):([0-9a-f]{8,16})/.exec(text);
  if (m !== null) return { is: 'set', key: 'memcg', value: m[1] ?? '' };
  m = /^(page (?:last )?allocated via .*)$/.exec(text);
  if (m !== null) return { is: 'set', key: 'pageOwner', value: (m[1] ?? '').slice(0, 400) };
  m = /^((?:\w+: )?Bad swap (?:file|offset) entry \S+)/.exec(text);
  if (m !== null) return { is: 'swapEntry', text: m[1] ?? '' };
  // Up to 5.9 the name stands alone, or with the file's.
  m =
    /^aops:(\S+)/.exec(text) ??
    /^([a-z]\w*(?:aops|_operations))(?: \[[\w-]+\])?(?:\s+name:".*)?$/.exec(text) ??
    /^(0x[0-9a-f]{8,16})(?:\s+name:".*)?$/.exec(text);
  if (m !== null) return { is: 'set', key: 'aops', value: m[1] ?? '' };
  m = /^Hardware name: (.*)$/.exec(text);
  if (m !== null) return { is: 'set', key: 'hardware', value: (m[1] ?? '').trim() };
  m = /kernel BUG at (\S+?)!/.exec(text);
  if (m !== null) return { is: 'set', key: 'bugAt', value: m[1] ?? '' };
  m = /^(?:RIP: [0-9a-f]{4}:|pc : |PC is at |NIP \[[0-9a-f]+\] )([A-Za-z_][\w.]*)/.exec(text);
  if (m !== null) return { is: 'set', key: 'at', value: m[1] ?? '' };
  m = /Linux version (\d+\.\d+\S*)/.exec(text);
  if (m !== null) return { is: 'version', kernel: m[1] ?? '' };
  m = /Bad page (?:state|map): (\d+) messages suppressed/.exec(text);
  if (m !== null) return { is: 'suppressed', count: Number(m[1]) };
  if (text === 'anon') return { is: 'anon' };
  if (/^page does not match folio$/.test(text)) return { is: 'note', text };
  if (/(?:^|\s)(?:Call [Tt]race|Backtrace):|^Call Trace$|^Trace:$/.test(text)) return { is: 'traceStart' };
  if (/^(?:---\[ end trace|Disabling lock debugging|Last Breaking-Event-Address|={20,})/.test(text))
    return { is: 'traceEnd' };
  if (/^(?:pgd|p4d|pud|pmd):[0-9a-f]+( |$)/.test(text)) return { is: 'tables', tables: tablesOf(text) };
  return null;
}
