import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BEFORE,
  entryOf,
  holderOf,
  holding,
  type LedgerOptions,
  ledgerText,
  PageLedger,
  pairsOf,
  TraceReader,
} from '#src/pageref/index.js';
import { LifeNumbers } from '#src/pageref/life-numbers.js';
import { event, type Format, formats, type Traced } from './formats.js';

function read(text: string, options: LedgerOptions = {}): { ledger: PageLedger; reader: TraceReader } {
  const ledger = new PageLedger(options);
  const reader = new TraceReader((e, stack) => ledger.take(e, stack));
  for (const line of text.split('\n')) reader.take(line);
  reader.end();
  ledger.finish();
  return { ledger, reader };
}

const totals = (ledger: PageLedger): Record<string, [number, number, number]> =>
  Object.fromEntries([...ledger.totals.values()].map(t => [t.name, [t.took, t.gaveBack, t.holds]]));

const format = (name: string): Format => {
  const f = formats.find(x => x.name === name);
  assert.ok(f !== undefined);
  return f;
};

/** Every change of the recorded page_ref trace, as the tools would have printed it. */
function recorded(): Traced[] {
  const file = new URL('../../../data/recordings/pageref-trace-6.1.192-lab.json', import.meta.url);
  const rows: { event?: string; stack?: string }[] = JSON.parse(readFileSync(file, 'utf8')).rows;
  return rows.flatMap((r, i) =>
    r.event === undefined || r.stack === undefined
      ? []
      : [{ cpu: 0, task: 'init-1', time: `7.${100000 + i}`, event: r.event, stack: r.stack.split('<') }],
  );
}

for (const f of formats)
  test(`${f.name}: the recorded trace has its holders, and all is given back`, () => {
    const { ledger, reader } = read(f.write(recorded()));
    assert.equal(reader.events, 16);
    assert.equal(reader.damaged, null);
    assert.equal(ledger.withStack, 16);
    // try_grab_folio takes 1 and then 1023 for a pin; unpin_user_pages gives 1024 back. get_user_pages_fast and its put_page by the module.
    assert.deepEqual(totals(ledger), {
      'before the trace': [0, 0, 1],
      gup: [1025, 1024, 0],
      'ungup < rp_ioctl': [0, 1, 0],
      'gup by KVM': [3, 3, 0],
      'LRU batch': [1, 1, 0],
      'page table': [0, 1, 0],
      rp_ioctl: [0, 1, 0],
    });
    assert.equal(ledger.overdrawn, 0);
    assert.deepEqual(
      pairsOf(ledger).map(p => [p.taken, p.givenBack, p.example.pfn]),
      [['gup', 'ungup < rp_ioctl', '0x357ee']],
    );
  });

test('the formats give the same ledger, change by change', () => {
  const scores = formats.map(f => {
    const { ledger } = read(f.write(recorded()), { pfns: ['0x357ee'] });
    return ledger.scores.get('0x357ee')?.map(r => [r.op, r.change, r.count, r.holder, r.holds, r.functions]);
  });
  assert.equal(scores[0]?.length, 10);
  for (const s of scores) assert.deepEqual(s, scores[0]);
});

test('a trace that comes in pieces, with any line ends, is the same trace', () => {
  for (const f of formats) {
    const text = f.write(recorded());
    const rowsOf = (pieces: readonly string[]) => {
      const ledger = new PageLedger({ pfns: ['0x357ee'] });
      const reader = new TraceReader((e, stack) => ledger.take(e, stack));
      for (const piece of pieces) reader.feed(piece);
      reader.end();
      return [reader.line, reader.events, ledger.scores.get('0x357ee')];
    };
    const whole = rowsOf([text]);
    assert.equal(whole[1], 16, f.name);
    for (const size of [1, 13, 997]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      assert.deepEqual(rowsOf(pieces), whole, `${f.name}, ${size} characters at a time`);
    }
    assert.deepEqual(rowsOf([text.replaceAll('\n', '\r\n')]), whole, `${f.name}, CRLF`);
    const quoted = rowsOf([`> ${text.replaceAll('\n', '\n> ')}`]);
    assert.deepEqual(quoted.slice(1), whole.slice(1), `${f.name}, quoted in a mail`);
  }
});

test('lifetimes are numbered for each page, also when the table grows; far too many pages forget some', () => {
  const numbers = new LifeNumbers();
  for (let life = 1; life <= 2; life++)
    for (let pfn = 0; pfn < 20_000; pfn++) assert.equal(numbers.next(0x7_0000_0000 + 4096 * pfn), life);
});

test('a stack that another CPU cut in two, a task with blanks and brackets, a time of many digits', () => {
  const text = [
    '  a [b] c-1 [003] d..2. 1234567.100001: page_ref_mod: pfn=0x5 flags=lru count=2 mapcount=0 mapping=0 mt=1 val=1',
    '  a [b] c-1 [003] d..2. 1234567.100002: <stack trace>',
    ' => try_grab_folio',
    '  [7]-2 [000] 1234567.100003: page_ref_mod_and_test: pfn=0x5 flags=lru count=1 mapcount=0 mapping=0 mt=1 val=-1 ret=0',
    ' => put_page',
    ' => my_driver_release',
  ].join('\n');
  const { ledger, reader } = read(text, { pfns: ['0x5'] });
  assert.equal(reader.events, 2);
  assert.deepEqual(
    ledger.scores.get('0x5')?.map(r => [r.task, r.cpu, r.time, r.functions]),
    [
      ['a [b] c-1', 3, '1234567.100001', ['try_grab_folio']],
      ['[7]-2', 0, '1234567.100003', ['put_page', 'my_driver_release']],
    ],
  );
});

const kvm = ['__page_ref_mod', 'try_grab_folio', 'get_user_pages_unlocked', 'hva_to_pfn', 'kvm_faultin_pfn'];
const kvmPut = ['__page_ref_mod_and_test', 'kvm_release_page_clean', 'direct_page_fault'];
const vfio = ['__page_ref_mod', 'try_grab_folio', 'pin_user_pages_remote', 'vaddr_get_pfns', 'vfio_pin_pages_remote'];
const alloc = ['__page_ref_set', 'post_alloc_hook', 'get_page_from_freelist', '__alloc_pages', 'do_anonymous_page'];
const unmap = ['__page_ref_mod_and_test', 'release_pages', 'tlb_finish_mmu', 'exit_mmap'];

/** A page that is allocated, mapped, taken by KVM and given back, unmapped and freed. */
function lifetime(pfn: number, cpu: number, leaks = false): Traced[] {
  const at = (i: number) => ({ cpu, task: `CPU ${cpu}/KVM-${100 + cpu}`, time: `${pfn}.${100000 + i}` });
  return [
    { ...at(0), event: event('page_ref_set', pfn, 1, 1), stack: alloc },
    { ...at(1), event: event('page_ref_mod_unless', pfn, 2, 1, 1), stack: kvm },
    ...(leaks ? [] : [{ ...at(2), event: event('page_ref_mod_and_test', pfn, 1, -1, 0), stack: kvmPut }]),
    { ...at(3), event: event('page_ref_mod_and_test', pfn, leaks ? 1 : 0, -1, leaks ? 0 : 1), stack: unmap },
  ];
}

for (const f of formats)
  test(`${f.name}: a leak is found, its holder named, and the last who took`, () => {
    const events = [...Array(40).keys()].flatMap(i => lifetime(0x1000 + i, i % 2, i === 23));
    const { ledger, reader } = read(f.write(events));
    assert.deepEqual(totals(ledger), { 'page table': [40, 40, 0], 'gup by KVM': [40, 39, 1] });
    const [life, ...others] = holding(ledger);
    assert.ok(life !== undefined && others.length === 0);
    assert.equal(life.pfn, 0x1017);
    const entry = entryOf(life, 'gup by KVM');
    assert.equal(entry?.balance, 1);
    assert.equal(entry?.task, 'CPU 1/KVM-101');
    assert.deepEqual(entry?.functions.slice(0, 2), ['__page_ref_mod', 'try_grab_folio']);
    const text = ledgerText(ledger, reader, { top: 5 });
    assert.match(
      text,
      /Still held \(1 page\)\n {2}pages {2}holder {6}taken by\n {6}1 {2}gup by KVM {2}hva_to_pfn < .*\n {2}0x1017, life 1: 3 changes, count 1\n {4}gup by KVM holds 1 /,
    );
    assert.equal(ledger.ended, 39);
  });

test('many CPUs: a stack that comes after the events of others belongs to its own CPU', () => {
  const two = [lifetime(0x1, 0), lifetime(0x2, 1)];
  const lines: string[] = [];
  const [a, b] = two.map(events => format('trace_pipe').write(events).split('\n'));
  assert.ok(a !== undefined && b !== undefined);
  // The event lines of both CPUs come first, then both stacks.
  const blocks = (text: string[]): string[][] =>
    text.reduce<string[][]>((all, l) => {
      if (/page_ref_\w+: |<stack trace>/.test(l)) all.push([]);
      all.at(-1)?.push(l);
      return all;
    }, []);
  const [x, y] = [blocks(a), blocks(b)];
  for (let i = 0; i < x.length; i += 2) lines.push(...[x[i], y[i], x[i + 1], y[i + 1]].flatMap(block => block ?? []));
  const { ledger } = read(lines.join('\n'), { pfns: ['0x1', '0x2'] });
  assert.deepEqual(totals(ledger), { 'page table': [2, 2, 0], 'gup by KVM': [2, 2, 0] });
  assert.deepEqual(
    ledger.scores.get('0x2')?.map(r => r.holder),
    ['page table', 'gup by KVM', 'gup by KVM', 'page table'],
  );
});

test('without stacks: each task is a holder of its own, and it is said', () => {
  const events = lifetime(0x1, 0).map(e => ({ ...e, stack: [] }));
  for (const f of formats) {
    const { ledger, reader } = read(f.write(events));
    assert.deepEqual(totals(ledger), { 'CPU 0/KVM-100': [2, 2, 0] }, f.name);
    assert.match(ledgerText(ledger, reader, { top: 5 }), /4 changes without a stack, put down to the task/);
  }
});

test('a page that was there before: its references have no name, and giving them back is no fault', () => {
  const events = [
    { cpu: 0, task: 'a-1', time: '1.000001', event: event('page_ref_mod', 0x5, 4, 1), stack: kvm },
    { cpu: 0, task: 'a-1', time: '1.000002', event: event('page_ref_mod_and_test', 0x5, 3, -1, 0), stack: unmap },
  ];
  const { ledger } = read(format('perf script').write(events));
  const life = ledger.lives.get(0x5);
  assert.ok(life !== undefined);
  assert.equal(entryOf(life, BEFORE)?.balance, 2, 'three were there, one was given back');
  assert.equal(ledger.overdrawn, 0);
});

test('freeze, unfreeze, set: lifetimes begin and end where the kernel begins and ends them', () => {
  const at = (i: number, text: string, stack: readonly string[]): Traced => ({
    cpu: 0,
    task: 'a-1',
    time: `1.${100000 + i}`,
    event: text,
    stack,
  });
  const { ledger } = read(
    format('trace_pipe').write([
      at(0, event('page_ref_set', 9, 1, 1), alloc),
      at(1, event('page_ref_freeze', 9, 1, 2, 0), ['page_ref_freeze', '__remove_mapping', 'shrink_folio_list']),
      at(2, event('page_ref_freeze', 9, 0, 1, 1), ['page_ref_freeze', 'migrate_folio']),
      at(3, event('page_ref_unfreeze', 9, 1, 1), ['page_ref_unfreeze', 'migrate_folio']),
      at(4, event('page_ref_freeze', 9, 0, 1, 1), ['page_ref_freeze', '__remove_mapping', 'shrink_folio_list']),
      at(5, event('page_ref_set', 9, 1, 1), alloc),
      at(6, event('page_ref_mod_unless', 9, 0, 1, 0), kvm),
    ]),
  );
  assert.equal(ledger.begun, 2, 'freed while it was frozen, and used again');
  assert.equal(ledger.lives.get(0x9)?.life, 2);
  assert.equal(ledger.overdrawn, 0);
  assert.equal(ledger.totals.get('gup by KVM'), undefined, 'a refused get takes nothing');
});

test('giving back what nobody held is counted and told', () => {
  const { ledger, reader } = read(
    format('bpftrace').write([
      { cpu: 0, task: 'a-1', time: '', event: event('page_ref_set', 9, 1, 1), stack: alloc },
      { cpu: 0, task: 'a-1', time: '', event: event('page_ref_mod_and_test', 9, 0, -1, 0), stack: kvmPut },
      { cpu: 0, task: 'a-1', time: '', event: event('page_ref_mod_and_test', 9, -1, -1, 0), stack: vfio },
    ]),
  );
  assert.ok(ledger.overdrawn > 0);
  assert.deepEqual(
    pairsOf(ledger).map(p => [p.taken, p.givenBack]),
    [['page table', 'gup by KVM']],
  );
  assert.match(ledgerText(ledger, reader, { top: 5 }), /Taken under one name, given back under another/);
});

test('holders by their functions', () => {
  const cases: [string[], string | null][] = [
    [kvm, 'gup by KVM'],
    [vfio, 'gup by VFIO'],
    [['__page_ref_mod', 'try_grab_folio', 'pin_user_pages_fast', 'io_sqe_buffer_register'], 'gup by io_uring'],
    [['__page_ref_mod_and_test', 'gup_put_folio', 'unpin_user_page', 'bio_release_pages'], 'gup by direct I/O'],
    [['__page_ref_mod', 'folio_add_lru', 'do_anonymous_page'], 'LRU batch'],
    [['put_page', 'my_driver_release', 'my_ioctl'], 'my_driver_release < my_ioctl'],
    [['put_page'], 'put_page'],
    [[], null],
  ];
  for (const [stack, holder] of cases) assert.equal(holderOf(stack), holder, stack.join('<'));
});

test('damaged events are left out and counted, with the first line', () => {
  const { reader } = read(
    'a-1 [000] 1.0: page_ref_mod: pfn=0x1 val=1\nx\na-1 [000] 1.0: page_ref_mod: pfn=zz count=1 val=1\n',
  );
  assert.deepEqual(reader.damaged, { line: 1, count: 2 });
  assert.equal(reader.events, 0);
});

test('cut, doubled, garbled and foreign text: no throw', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom('\n', 'page_ref_', ' => ', '<stack trace>', 'val=', '['),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...formats),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 40 }), garbage), { maxLength: 20 }),
      (f, edits) => {
        let text = f.write([...lifetime(1, 0), ...lifetime(2, 1, true)]);
        for (const [where, remove, insert] of edits) {
          const i = where % (text.length + 1);
          text = text.slice(0, i) + insert + text.slice(i + remove);
        }
        const { ledger, reader } = read(text, { pfns: ['0x1'] });
        assert.ok(ledgerText(ledger, reader, { top: 3 }).endsWith('\n'));
      },
    ),
    { seed: 20260107, numRuns: 1000 },
  );
});
