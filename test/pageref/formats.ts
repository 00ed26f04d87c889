/** Events of page_ref in the formats of the tools that print them. */

export interface Traced {
  cpu: number;
  /** `bash-1234` */
  task: string;
  /** Seconds. */
  time: string;
  /** `page_ref_mod: pfn=0x1 …` */
  event: string;
  /** Innermost first; empty: recorded without stacks. */
  stack: readonly string[];
}

export interface Format {
  name: string;
  write(events: readonly Traced[]): string;
}

const cpu = (n: number): string => n.toString().padStart(3, '0');
const address = (i: number): string => (0xffffffff81000000n + BigInt(i) * 0x40n).toString(16);

export const formats: readonly Format[] = [
  {
    name: 'trace_pipe',
    write: events =>
      events
        .flatMap(e => {
          const head = `${e.task.padStart(24)} [${cpu(e.cpu)}] d..2. ${e.time}: `;
          const stack = e.stack.length === 0 ? [] : [`${head}<stack trace>`, ...e.stack.map(f => ` => ${f}`)];
          return [`${head}${e.event}`, ...stack];
        })
        .join('\n'),
  },
  {
    name: 'trace',
    write: events =>
      [
        '# tracer: nop',
        '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
        ...events.flatMap(e => {
          const head = `${e.task.padStart(24)}   (-----) [${cpu(e.cpu)}] ..... ${e.time}: `;
          const stack = e.stack.length === 0 ? [] : [`${head}<stack trace>`, ...e.stack.map(f => ` => ${f}+0x12/0x34`)];
          return [`${head}${e.event}`, ...stack, ...(stack.length === 0 ? [] : [''])];
        }),
      ].join('\n'),
  },
  {
    name: 'trace-cmd report',
    write: events =>
      [
        'cpus=2',
        ...events.flatMap(e => {
          const head = `${e.task.padStart(22)} [${cpu(e.cpu)}] ${e.time}: `;
          const stack =
            e.stack.length === 0
              ? []
              : [`${head}kernel_stack:         <stack trace >`, ...e.stack.map((f, i) => `=> ${f} (${address(i)})`)];
          return [`${head}${e.event.replace(': ', ':         ')}`, ...stack];
        }),
      ].join('\n'),
  },
  {
    name: 'perf script',
    write: events =>
      events
        .map(e => {
          const at = e.task.lastIndexOf('-');
          const head = `${e.task.slice(0, at).padEnd(16)} ${e.task.slice(at + 1)} [${cpu(e.cpu)}] ${e.time}: page_ref:${e.event}`;
          return [head, ...e.stack.map((f, i) => `\t${address(i)} ${f}+0x1a ([kernel.kallsyms])`), ''].join('\n');
        })
        .join('\n'),
  },
  {
    name: 'bpftrace',
    write: events =>
      [
        'Attaching 5 probes...',
        ...events.map(e => {
          const at = e.task.lastIndexOf('-');
          const head = `${e.event} cpu=${e.cpu} comm=${e.task.slice(0, at)} pid=${e.task.slice(at + 1)}`;
          return [head, ...e.stack.map(f => `        ${f}+90`), ''].join('\n');
        }),
      ].join('\n'),
  },
];

export const event = (op: string, pfn: number, count: number, val: number, ret?: number): string =>
  `${op}: pfn=0x${pfn.toString(16)} flags=uptodate|lru count=${count} mapcount=0 mapping=00000000aabbccdd mt=1 val=${val}${ret === undefined ? '' : ` ret=${ret}`}`;
