/** Ways in which a kernel's lines reach a reader: each takes plain lines and gives the text of a log. */

export interface Transport {
  name: string;
  /** Whether the kernel's times and callers are kept; without them several CPUs cannot be told apart. */
  carry(lines: readonly string[]): string;
}

const stamp = (i: number): string => `[${(252080.141629 + i / 1000).toFixed(6).padStart(12)}]`;

const each = (name: string, prefix: (i: number) => string, end = '\n'): Transport => ({
  name,
  carry: lines => lines.map((l, i) => `${prefix(i)}${l}`).join(end) + end,
});

/** Breaks like a mailer: at the last blank before column 76. */
function wrap(line: string, quote: string): string {
  const out: string[] = [];
  let rest = line;
  while (rest.length > 76) {
    const at = rest.lastIndexOf(' ', 76);
    if (at <= 24) break;
    out.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...out, rest].map(l => quote + l).join('\n');
}

/** Quoted-printable with soft breaks at 76 columns. */
function quotedPrintable(line: string): string {
  let rest = line.replace(/=/g, '=3D').replace(/ {2}/g, ' =C2=A0');
  const out: string[] = [];
  while (rest.length > 75) {
    let at = 75;
    while (/=.?$/.test(rest.slice(0, at))) at--;
    out.push(`${rest.slice(0, at)}=`);
    rest = rest.slice(at);
  }
  return [...out, rest].join('\n');
}

export const transports: readonly Transport[] = [
  each('bare', () => ''),
  each('printk times', i => `${stamp(i)} `),
  each('printk times and callers', i => `${stamp(i)}[ T5098] `),
  each('callers without times', () => '[ T5098] '),
  each('dmesg -T', () => '[Sat Nov 21 05:23:09 2026] '),
  each('dmesg -T in German', () => '[Sa Nov 21 05:23:09 2026] '),
  each('dmesg -d', () => '[  +0.000016] '),
  each('dmesg -x', i => `kern  :alert : ${stamp(i)} `),
  each('syslog levels', i => `<1>${stamp(i)} `),
  each('journald', () => 'Nov 21 05:23:09 draig kernel: '),
  each('journald in German', () => 'Dez 16 03:58:17 jupiter kernel: '),
  each('journald in Chinese', () => '8月 25 13:52:23 arch-pc kernel: '),
  each('syslog with priority names', i => `Aug 24 02:21:56 Test-Dev kern.alert kernel: ${stamp(i)} `),
  each('rsyslog ISO', i => `2015-11-15T19:28:13.300971-08:00 host kernel: ${stamp(i)} `),
  each('/dev/kmsg', i => `4,${1000 + i},252080141629,-;`),
  each('serial logger', i => `[2025-09-23 12:54:07.401] ${stamp(i)}[T18170] `),
  each('missing bracket', i => `${stamp(i).slice(1).trim()} `),
  each('quoted', () => '> '),
  each('quoted twice, with times', i => `> >> ${stamp(i)} `),
  each('CRLF', () => '', '\r\n'),
  each('carriage returns alone', () => '', '\r'),
  each('two carriage returns and a line feed', () => '', '\r\r\n'),
  each('a line feed and a carriage return', () => '', '\n\r'),
  { name: 'carriage returns behind other ends', carry: lines => `Dear all,\n${lines.join('\r')}\r` },
  each('no-break spaces', () => '\u00a0\u00a0'),
  {
    name: 'no-break spaces inside',
    carry: lines => `${lines.map(l => l.replace(/ {2}/g, ' \u00a0')).join('\n')}\n`,
  },
  { name: 'ANSI colours', carry: lines => `${lines.map(l => `\u001b[31m${l}\u001b[0m`).join('\n')}\n` },
  { name: 'HTML entities', carry: lines => `${lines.map(l => `&gt; ${l}`).join('\n')}\n` },
  { name: 'stray letter', carry: lines => `${lines.map(l => `${l}g`).join('\n')}\n` },
  { name: 'mailer wrap', carry: lines => `${lines.map(l => wrap(l, '')).join('\n')}\n` },
  {
    name: 'mailer wrap with times',
    carry: lines => `${lines.map((l, i) => wrap(`${stamp(i)} ${l}`, '> ')).join('\n')}\n`,
  },
  {
    name: 'quoted-printable',
    carry: lines => `Content-Transfer-Encoding: quoted-printable\n\n${lines.map(quotedPrintable).join('\n')}\n`,
  },
  {
    name: 'journalctl -o json',
    carry: lines => `${lines.map((l, i) => JSON.stringify({ PRIORITY: '1', MESSAGE: l, __SEQ: `${i}` })).join('\n')}\n`,
  },
  {
    name: 'journalctl -o json, as bytes',
    carry: lines => `${lines.map(l => JSON.stringify({ MESSAGE: [...new TextEncoder().encode(l)] })).join('\n')}\n`,
  },
  {
    name: 'dmesg --json',
    carry: lines =>
      `{\n   "dmesg": [\n${lines.map(l => `      {\n         "msg":  ${JSON.stringify(l)}\n      }`).join(',\n')}\n   ]\n}\n`,
  },
  {
    name: 'docker',
    carry: lines =>
      `${lines.map((l, i) => JSON.stringify({ log: `${stamp(i)} ${l}\n`, stream: 'stdout' })).join('\n')}\n`,
  },
  { name: 'one JSON string', carry: lines => JSON.stringify({ body: `See:\r\n${lines.join('\r\n')}\r\n` }) },
  { name: 'HTML lines', carry: lines => `<pre>\n${lines.map(l => `${l}<br />`).join('\n')}\n</pre>\n` },
  { name: 'backquotes', carry: lines => `${lines.map(l => `\`${l}\``).join('\n')}\n` },
  { name: 'strings', carry: lines => `${lines.map(l => `  "${l}\\n",`).join('\n')}\n` },
  each('extended netconsole', i => `6.18.0,1,${2000 + i},26,-,caller=T1;`),
  each('z/VM', () => '01: '),
  {
    name: 'doubled',
    carry: lines => `${lines.flatMap((l, i) => [`${stamp(i)} ${l}`, `${stamp(i)} ${l}`]).join('\n')}\n`,
  },
  {
    name: 'two loggers',
    carry: lines =>
      `${lines.flatMap((l, i) => [`${stamp(i)} ${l}`, `Nov 21 05:23:09 host kernel: ${l}`]).join('\n')}\n`,
  },
  { name: 'glued with times', carry: lines => `${lines.map((l, i) => `${stamp(i)} ${l}`).join(' ')}\n` },
  { name: 'glued without times', carry: lines => `${lines.join(' ')}\n` },
];
