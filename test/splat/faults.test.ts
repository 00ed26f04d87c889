/** Inputs that an earlier decoder read wrongly, each with its siblings: damaged words, second copies, containers, prose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '#src/splat/decode.js';
import type { SplatReport } from '#src/splat/types.js';

const [a, b, c, d] = ['0017ffffc0000004', 'dead000000000100', 'dead000000000122', '0000000000000000'];
const [e, f, g, h] = ['0000000000000009', '00000000000000aa', '00000000ffffffff', 'ffff888101234500'];
const raw1 = `raw: ${a} ${b} ${c} ${d}`;
const raw2 = `raw: ${e} ${f} ${g} ${h}`;
const eight = [a, b, c, d, e, f, g, h];

/** The lines of one report of 6.9 with these raw lines. */
function report(raw: readonly string[], reason = 'nonzero mapcount'): string[] {
  return [
    'BUG: Bad page state in process sh  pfn:4711',
    'page:ffffea000011c440 refcount:0 mapcount:1 mapping:0000000000000000 index:0x9 pfn:0x4711',
    'flags: 0x17ffffc0000004(referenced|node=0|zone=2|lastcpupid=0x1fffff)',
    ...raw,
    `page dumped because: ${reason}`,
    'CPU: 0 PID: 7 Comm: sh Not tainted 6.9.1 #1',
    'Call Trace:',
    ' dump_stack_lvl+0x10/0x20',
    ' bad_page+0x10/0x20',
  ];
}

function one(text: string, name = ''): SplatReport {
  const [r, ...more] = decode(text);
  assert.ok(r !== undefined, `${name}: a report`);
  assert.equal(more.length, 0, `${name}: one report`);
  return r;
}

const words = (raw: readonly string[]): string[] | null => one(report(raw).join('\n')).rawWords;

test('words stop at the first damaged one that is not the last: none moves into the place of another', () => {
  assert.deepEqual(words([raw1, raw2]), eight);
  assert.deepEqual(words([`raw: ${a} ${b} ${c} 000000000`, raw2]), [a, b, c], 'a word of nine digits');
  assert.deepEqual(words([`raw: ${a} ${b} ${c} ${d}0`, raw2]), [a, b, c], 'a word that is too long');
  assert.deepEqual(words([`raw: ${a} ${b} xxxxxxxxxxxxxxxx ${d}`, raw2]), [a, b], 'a word that is no hex');
  assert.deepEqual(words([`raw: ${a} ${b} ${c}`, raw2]), [a, b, c], 'a line that lacks its last word');
  assert.deepEqual(words([raw1, `raw: ${e} ${f} ${g.slice(0, 9)}`]), [a, b, c, d, e, f], 'the last line may be cut');
  assert.deepEqual(
    words([`raw: ${a} ${b} ${c.slice(0, 7)} ${c.slice(7)} ${d}`, raw2]),
    eight,
    'two halves make a word',
  );
  const i386 = (n: number, from: number): string[] =>
    Array.from({ length: n }, (_, i) => (from + i).toString(16).padStart(8, '0'));
  assert.deepEqual(words([`raw: ${i386(8, 1).join(' ')}`, `raw: ${i386(2, 9).join(' ')}`]), i386(10, 1));
  assert.deepEqual(words([`raw: ${i386(7, 1).join(' ')}`, `raw: ${i386(2, 9).join(' ')}`]), i386(7, 1));
});

test('what a page or a program puts around a line does not belong to its words and its reason', () => {
  const plain = one(report([raw1, raw2]).join('\n'));
  const wraps: Record<string, (line: string) => string> = {
    'a tag': l => `${l}<br>`,
    'a closed tag': l => `<div class="l">${l}</div>`,
    'a code tag in a list': l => `<li><code>${l}</code></li>`,
    backquotes: l => `\`${l}\``,
    quotes: l => `"${l}"`,
    'quotes and a comma': l => `  "${l}",`,
    'single quotes': l => `'${l}'`,
    'escaped line ends': l => `${l}\\r\\n`,
    'a string of a program': l => `"${l}\\n"`,
    'two carriage returns': l => `${l}\r\r`,
    journald: l => JSON.stringify({ _TRANSPORT: 'kernel', MESSAGE: l, PRIORITY: '1' }),
    'journald in bytes': l => JSON.stringify({ MESSAGE: [...new TextEncoder().encode(l)], PRIORITY: '1' }),
    'dmesg --json': l => `         "msg":  ${JSON.stringify(l)}`,
    docker: l => JSON.stringify({ log: `${l}\n`, stream: 'stderr', time: '2026-01-01T00:00:00Z' }),
    'journalctl -o export': l => `MESSAGE=${l}`,
    'extended netconsole': l => `6.9.1,1,2000,26,-,caller=T7;${l}`,
    'z/VM': l => `01: ${l}`,
  };
  for (const [name, wrap] of Object.entries(wraps)) {
    const got = one(report([raw1, raw2]).map(wrap).join('\n'), name);
    for (const key of ['process', 'pfn', 'reason', 'mapping', 'index', 'kernel', 'taint', 'rawWords', 'trace'] as const)
      assert.deepEqual(got[key], plain[key], `${name}: ${key}`);
    assert.deepEqual(got.flags, plain.flags, `${name}: flags`);
  }
});

test('a whole log in one JSON string', () => {
  const body = { title: 'It crashed', body: `Hello\r\n${report([raw1, raw2]).join('\r\n')}\r\nBye` };
  assert.deepEqual(one(JSON.stringify(body)).rawWords, eight);
});

test('a screen of 80 columns, each with a CPU number before it', () => {
  const lines = report([raw1, raw2]).flatMap(l => l.match(/.{1,70}/g)?.map(p => `01: ${p}`) ?? []);
  const got = one(lines.join('\n'));
  assert.deepEqual(got.rawWords, eight);
  assert.equal(got.reason, 'nonzero mapcount');
  assert.equal(got.mapping, '0000000000000000');
});

test('a pointer that a screen cut in two', () => {
  const lines = report([raw1]);
  lines[1] = 'page:ffffea000011c440 refcount:0 mapcount:1 mapping:00000000000\n00000 index:0x9 pfn:0x4711';
  const got = one(lines.join('\n'));
  assert.equal(got.mapping, '0000000000000000');
  assert.equal(got.index, '0x9');
});

test('every line twice is every line once', () => {
  const lines = report([raw1, raw2]);
  for (const times of [2, 3]) {
    const got = one(lines.flatMap(l => Array(times).fill(l)).join('\n'));
    assert.deepEqual(got.rawWords, eight);
    assert.deepEqual(got.trace, ['dump_stack_lvl', 'bad_page']);
  }
  assert.deepEqual(one([raw1, raw1, raw2, raw2, 'page dumped because: unmovable page'].join('\n')).rawWords, eight);
  // One console prints times, the other one does not.
  const mixed = lines.flatMap((l, i) => [`[    1.00000${i}] ${l}`, `Mar  1 01:02:03 host kernel: ${l}`]);
  assert.deepEqual(one(mixed.join('\n')).rawWords, eight);
});

test('lines that do come twice are kept', () => {
  const zeros = `raw: ${d} ${d} ${d} ${d}`;
  assert.equal(words([zeros, zeros])?.length, 8, 'two lines of zeros');
  assert.equal(words([zeros, zeros, zeros, zeros])?.length, 16);
  const doubled = report([zeros, zeros]).flatMap(l => [l, l]);
  assert.equal(one(doubled.join('\n')).rawWords?.length, 8, 'and doubled');
  const deep = [...report([raw1]), ' walk+0x10/0x20', ' walk+0x10/0x20', ' walk+0x10/0x20'];
  assert.deepEqual(one(deep.join('\n')).trace, ['dump_stack_lvl', 'bad_page', 'walk', 'walk', 'walk']);
  const deepTwice = one(deep.flatMap(l => [l, l]).join('\n'));
  assert.deepEqual(deepTwice.trace, ['dump_stack_lvl', 'bad_page', 'walk', 'walk', 'walk']);
});

test('two CPUs that print at once, into a log that doubles its lines', () => {
  const other = report([raw1, raw2]).map(l => l.replaceAll('4711', '4712').replace(/\bsh\b/, 'vi'));
  for (const stamp of [(l: string, who: string) => `[    1.000000][ ${who}] ${l}`, (l: string) => l]) {
    const lines = report([raw1, raw2]).flatMap((l, i) => {
      const [x, y] = [stamp(l, 'T1'), stamp(other[i] ?? '', 'C1')];
      return [x, x, y, y];
    });
    assert.deepEqual(
      decode(lines.join('\n')).map(r => r.pfn),
      ['4711', '4712'],
    );
  }
});

test('source code and prose about reports are none', () => {
  for (const text of [
    'pr_warn("page dumped because: %s\\n", reason);',
    '\tpr_alert("page dumped because: %s\\n", reason);',
    '+	pr_warn("page dumped because: %s\\n", reason);',
    '"page dumped because: %s\\n"',
    'page dumped because: %s',
    'We then see "page dumped because: nonzero mapcount" in the log.',
    'I get page dumped because: nonzero _refcount on every boot',
    'It says "BUG: Bad page state in process foo  pfn:12345", and then nothing more.',
    'With BUG: Bad page state in process foo  pfn:12345 on the screen I rebooted.',
    'BUG: Bad page map in process foo  pte:00000042 pmd:1c2d3067 is what I see.',
    'The object is `{"MESSAGE":"page dumped because: X"}`; words are lost.',
    '- "BUG: Bad page state in process CPU 0/KVM pfn:fb1665": the task.\n- more\n- "flags: 0x17ffffc00a000c(referenced)": bits 2 and 3.',
    "const head = 'BUG: Bad page state in process sh  pfn:4711';\nconst page = 'page:ffffea000011c440 count:0 mapcount:1 mapping:0000000000000000 index:0x9';",
    'printk(KERN_ALERT "BUG: Bad page state in process %s  pfn:%05lx\\n", current->comm, page_to_pfn(page));',
  ])
    assert.deepEqual(decode(`${text}\n`), [], text);
  // The same sentence above a real report neither hides nor doubles it.
  const log = report([raw1]).join('\n');
  assert.equal(one(`It says "BUG: Bad page state in process sh  pfn:4711":\n\n${log}`).process, 'sh');
});

test('a local version may hold a slash', () => {
  const lines = report([raw1]).map(l => l.replace('6.9.1 #1', '6.9.1-arch/lts+ #1'));
  assert.equal(one(lines.join('\n')).kernel, '6.9.1-arch/lts+');
});

test('one flag is one bit', () => {
  const texts = one(report([raw1]).join('\n')).findings.map(x => x.text);
  assert.ok(texts.some(t => t.endsWith('referenced is bit 2.')));
});
