/** put-page affected: known answers, the forms of a release, and the table against data/releases.json. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { affected } from '#src/linux/data/affected.js';
import { affectedTable, type BugSpan, bugs } from '#src/linux/data/affected-table.js';
import { affectedMatrix, affectedText } from '#src/linux/data/affected-text.js';
import { distributionOf } from '#src/linux/data/distributions.js';
import { parseKernel } from '#src/linux/data/kernel-release.js';
import { releaseTable } from '#src/linux/data/release-table.js';
import { compareMainline, parseTag } from '#src/linux/data/tag.js';
import { threads } from '#src/linux/data/threads.js';

const answer = (release: string, bug: string) => {
  const found = affected(release).answers.find(a => a.bug === bug);
  assert.ok(found, bug);
  return found;
};

/** bug; then kernel, answer and, where it is fixed, the first good version. */
const known: readonly (readonly [string, ...(readonly (readonly [string, string, string?])[])])[] = [
  [
    'zone-device-leak',
    ['4.4', 'never'],
    ['4.5-rc1', 'affected'],
    ['5.4-rc7', 'affected'],
    ['5.4-rc8', 'fixed', '5.4-rc8'],
    ['5.4', 'fixed', '5.4-rc8'],
    ['4.14.156', 'affected'],
    ['4.14.157', 'fixed', '4.14.157'],
    ['4.19.86', 'affected'],
    ['4.19.87', 'fixed', '4.19.87'],
    ['5.3.11', 'affected'],
    ['5.3.12', 'fixed', '5.3.12'],
    ['5.2.21', 'not-known'],
    ['5.4.1', 'fixed', '5.4-rc8'],
    ['6.1.90', 'fixed', '5.4-rc8'],
    ['7.3', 'fixed', '5.4-rc8'],
  ],
  [
    'zero-page-leak',
    ['4.2', 'affected'],
    ['5.5', 'affected'],
    ['5.6', 'fixed', '5.6-rc1'],
    ['4.14.199', 'affected'],
    ['4.14.200', 'fixed', '4.14.200'],
    ['4.19.149', 'fixed', '4.19.149'],
    ['5.4.68', 'affected'],
    ['5.4.69', 'fixed', '5.4.69'],
    ['5.5.13', 'not-known'],
    ['5.10.1', 'fixed', '5.6-rc1'],
  ],
  [
    'pfnmap-tail-freed',
    ['4.7', 'never'],
    ['4.8-rc1', 'affected'],
    ['5.13-rc7', 'affected'],
    ['5.13', 'fixed', '5.13'],
    ['4.14.242', 'affected'],
    ['4.14.243', 'fixed', '4.14.243'],
    ['4.19.199', 'fixed', '4.19.199'],
    ['5.4.128', 'affected'],
    ['5.4.129', 'fixed', '5.4.129'],
    ['5.10.46', 'affected'],
    ['5.10.47', 'fixed', '5.10.47'],
    ['5.12.14', 'fixed', '5.12.14'],
    ['5.15.1', 'fixed', '5.13'],
  ],
  [
    'pfnmap-tail-refused',
    ['5.12', 'never'],
    ['5.13', 'affected'],
    ['6.12', 'affected'],
    ['6.13-rc1', 'fixed', '6.13-rc1'],
    ['5.4.128', 'never'],
    ['5.4.129', 'affected'],
    ['5.10.262', 'affected'],
    ['6.1.192', 'affected'],
    ['6.12.117', 'affected'],
    ['6.13.1', 'fixed', '6.13-rc1'],
    ['6.7.3', 'not-known'],
  ],
  [
    'zero-pfn-gup-loop',
    ['5.18', 'never'],
    ['5.19-rc1', 'affected'],
    ['5.19-rc3', 'affected'],
    ['5.19-rc4', 'fixed', '5.19-rc4'],
    ['5.19', 'fixed', '5.19-rc4'],
    ['6.0-rc1', 'affected'],
    ['6.0-rc2', 'affected'],
    ['6.0-rc3', 'fixed', '6.0-rc3'],
    ['5.10.262', 'never'],
    ['5.15.100', 'never'],
    ['6.1.1', 'fixed', '6.0-rc3'],
  ],
  [
    'cma-rescan',
    ['5.10', 'never'],
    ['5.10.37', 'never'],
    ['5.10.38', 'affected'],
    ['5.10.262', 'affected'],
    ['5.13', 'never'],
    ['5.11.21', 'never'],
    ['5.11.22', 'affected'],
    ['5.12.4', 'never'],
    ['5.12.5', 'affected'],
    ['5.4.200', 'never'],
    ['4.19.300', 'never'],
    ['6.12.10', 'never'],
  ],
  [
    'zero-pin-refused',
    ['6.1', 'never'],
    ['6.1.129', 'never'],
    ['6.1.130', 'affected'],
    ['6.1.134', 'affected'],
    ['6.1.135', 'fixed', '6.1.135'],
    ['6.5', 'never'],
    ['6.6.80', 'never'],
    ['5.15.180', 'not-known'],
    ['5.10.235', 'never'],
  ],
  [
    'vfio-zero-page-leak',
    ['6.0-rc4', 'affected'],
    ['6.0-rc5', 'fixed', '6.0-rc5'],
    ['6.9', 'fixed', '6.0-rc5'],
    ['5.10.145', 'affected'],
    ['5.10.146', 'fixed', '5.10.146'],
    ['5.15.67', 'affected'],
    ['5.15.68', 'fixed', '5.15.68'],
    ['5.19.9', 'fixed', '5.19.9'],
    ['5.4.200', 'affected'],
    ['6.1.1', 'fixed', '6.0-rc5'],
  ],
  [
    'memfd-pins-kept',
    ['6.10', 'never'],
    ['6.11-rc1', 'affected'],
    ['6.12-rc7', 'affected'],
    ['6.12', 'fixed', '6.12'],
    ['6.11.9', 'affected'],
    ['6.11.11', 'affected'],
    ['6.12.1', 'fixed', '6.12'],
  ],
  [
    'pofs-null-unpin',
    ['6.12-rc7', 'never'],
    ['6.12', 'affected'],
    ['6.12.4', 'affected'],
    ['6.12.5', 'fixed', '6.12.5'],
    ['6.13-rc2', 'fixed', '6.13-rc2'],
  ],
  [
    'v11-double-put',
    ['6.8', 'never'],
    ['6.9.12', 'never'],
    ['7.2', 'never'],
    ['6.8+v11', 'affected'],
    ['6.9.12+v11', 'affected'],
    ['6.8-rc3+v11', 'never'],
    ['6.10+v11', 'not-known'],
  ],
  [
    'vcpu-map-unguarded',
    ['5.1', 'never'],
    ['5.2', 'affected'],
    ['4.19.118', 'never'],
    ['4.19.119', 'affected'],
    ['5.4.286', 'affected'],
    ['6.12.117', 'affected'],
    ['6.13', 'fixed', '6.13-rc1'],
  ],
  [
    'pfncache-races',
    ['5.16', 'never'],
    ['5.17', 'affected'],
    ['5.17.15', 'affected'],
    ['5.18.17', 'affected'],
    ['5.18.18', 'fixed', '5.18.18'],
    ['5.19.1', 'affected'],
    ['5.19.2', 'fixed', '5.19.2'],
    ['6.0', 'fixed', '6.0-rc1'],
  ],
];

for (const [bug, ...kernels] of known)
  test(`${bug}: known answers`, () => {
    for (const [release, what, good] of kernels) {
      const a = answer(release, bug);
      assert.equal(a.answer, what, `${release}: ${a.why}`);
      if (good !== undefined) assert.equal(a.first_good, good, release);
      assert.equal(a.level === null, what === 'not-known', release);
      assert.notEqual(a.why, '', release);
    }
  });

test('every bug has known answers, a thread, and spans in order with evidence', () => {
  assert.deepEqual(
    known.map(([name]) => name),
    bugs().map(b => b.name),
  );
  const names = threads().map(t => t.name);
  const check = (at: string, s: BugSpan) => {
    assert.ok(s.evidence !== '' && ['recorded', 'read', 'inferred'].includes(s.level), at);
    const [bad, good] = [s.bad, s.good].map(v => (v === null ? null : parseTag(v)));
    if (bad == null || good == null) return;
    const order = compareMainline(bad, good) || (bad.stable ?? 0) - (good.stable ?? 0);
    assert.ok(order < 0, `${at}: ${s.bad}, ${s.good}`);
  };
  for (const bug of bugs()) {
    assert.ok(names.includes(bug.thread), bug.name);
    for (const c of [bug.cause, bug.fix]) if (c !== null) assert.match(c.commit, /^[0-9a-f]{12}$/, bug.name);
    assert.equal(bug.mainline.length === 0, bug.never !== undefined, bug.name);
    for (const span of bug.mainline) check(bug.name, span);
    for (const [line, row] of Object.entries(bug.lines)) {
      if ('unknown' in row) assert.notEqual(row.unknown, '', line);
      else if (!('never' in row)) {
        check(`${bug.name} in ${line}`, row);
        for (const v of [row.bad, row.good]) if (v !== null) assert.equal(parseTag(v).line, line, bug.name);
      }
    }
  }
});

test('the rows that data/releases.json has too say the same', () => {
  const rows = (behaviour: string, value: string) =>
    releaseTable()
      .rows.filter(r => r.behaviour === behaviour && r.value === value)
      .map(r => r.from)
      .sort();
  const goods = (name: string) => {
    const bug = bugs().find(b => b.name === name);
    const lines = Object.values(bug?.lines ?? {}).flatMap(l => ('good' in l && l.good !== null ? [l.good] : []));
    return [...(bug?.mainline.map(s => s.good ?? '') ?? []), ...lines].sort();
  };
  assert.deepEqual(goods('zone-device-leak'), rows('kvm_owns_page', 'reserved-not-device'));
  assert.deepEqual(goods('zero-page-leak'), rows('kvm_owns_page', 'reserved-not-device-not-zero'));
  assert.deepEqual(goods('pfnmap-tail-freed'), rows('kvm_gets_pfnmap', 'get_page_unless_zero'));
  assert.deepEqual(goods('pfnmap-tail-refused'), rows('kvm_gets_pfnmap', 'none'));
  assert.deepEqual(goods('vfio-zero-page-leak'), rows('vfio_zero_pin', 'unpinned-at-once'));
  assert.deepEqual(goods('pfncache-races'), rows('gpc_refresh', 'valid-last'));
  const refused = bugs().find(b => b.name === 'zero-pin-refused')?.lines['6.1'];
  assert.deepEqual(
    refused !== undefined && 'bad' in refused ? [refused.bad] : [],
    rows('gup_pins_zero_page', 'refused'),
  );
});

test('a read line: what is said of versions after the last that was read is inferred', () => {
  assert.equal(answer('6.1.192', 'pfnmap-tail-refused').level, 'read');
  assert.equal(answer('6.1.193', 'pfnmap-tail-refused').level, 'inferred');
  assert.match(answer('6.1.193', 'pfnmap-tail-refused').why, /6\.1\.192 is the last that was read/);
  assert.equal(affectedTable().read_to, releaseTable().releases.at(-1));
  // A line that had ended before mainline's fix needs no last version.
  assert.equal(answer('4.14.336', 'pfnmap-tail-refused').level, 'read');
  assert.equal(answer('4.19.315', 'vfio-zero-page-leak').level, 'read');
  assert.equal(answer('4.19.325', 'vfio-zero-page-leak').level, 'inferred');
});

/** What is given; kind, whose, line, sublevel, package. */
const forms: readonly (readonly [string, string, string?])[] = [
  ['5.4', 'mainline 5.4'],
  ['v5.4-rc8', 'mainline 5.4-rc8'],
  ['6.8.0', 'mainline 6.8'],
  ['6.9.0-rc3', 'mainline 6.9-rc3'],
  ['6.1.90', 'stable 6.1 90'],
  ['Linux 6.1.90', 'stable 6.1 90'],
  ['6.8+v11', 'series 6.8'],
  ['6.1.0-18-amd64', 'changed 6.1', 'Debian'],
  ['6.1.0-18-amd64 6.1.76-1', 'changed 6.1 76 6.1.76-1', 'Debian'],
  ['6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)', 'changed 6.1 76 6.1.76-1', 'Debian'],
  [
    'Linux box 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux',
    'changed 6.1 76 6.1.76-1',
    'Debian',
  ],
  [
    'Linux version 5.10.0-8-amd64 (debian-kernel@lists.debian.org) (gcc-10) #1 SMP Debian 5.10.46-4 (2021-08-03)',
    'changed 5.10 46 5.10.46-4',
    'Debian',
  ],
  ['6.12.38+deb13-amd64', 'changed 6.12 38', 'Debian'],
  ['6.12.12+bpo-amd64', 'changed 6.12 12'],
  ['6.5.0-0.deb12.4-amd64', 'changed 6.5', 'Debian'],
  ['6.1.0-18-cloud-amd64', 'changed 6.1', 'Debian'],
  ['5.15.0-91-generic', 'changed 5.15', 'Ubuntu'],
  ['5.15.0-1053-aws', 'changed 5.15', 'Ubuntu'],
  ['5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023', 'changed 5.15', 'Ubuntu'],
  ['4.18.0-553.el8', 'changed 4.18', 'RHEL or a clone of it'],
  ['4.18.0-553.el8_10.x86_64', 'changed 4.18', 'RHEL or a clone of it'],
  ['2.6.32-754.el6.x86_64', 'changed 2.6 32', 'RHEL or a clone of it'],
  ['5.15.0-101.103.2.1.el9uek.x86_64', 'changed 5.15', 'Oracle UEK'],
  ['6.6.30-android15', 'changed 6.6 30', 'Android'],
  ['6.6.30-android15-8-gdeadbeef-ab1234', 'changed 6.6 30', 'Android'],
  ['6.8.5-301.fc40.x86_64', 'changed 6.8 5', 'Fedora'],
  ['5.10.220-209.869.amzn2.x86_64', 'changed 5.10 220', 'Amazon Linux'],
  ['5.14.21-150500.55.52-default', 'changed 5.14 21', 'SUSE'],
  ['6.9.7-arch1-1', 'changed 6.9 7', 'Arch Linux'],
  ['6.8.12-1-pve', 'changed 6.8 12', 'Proxmox'],
  ['5.15.153.1-microsoft-standard-WSL2', 'changed 5.15 153', 'WSL'],
  ['6.6.31+rpt-rpi-v8', 'changed 6.6 31', 'Raspberry Pi OS'],
  ['6.9.0-rc3-00012-gdeadbeef', 'changed 6.9'],
  ['6.1.90-custom', 'changed 6.1 90'],
  ['6.1.90+', 'changed 6.1 90'],
];

test('the forms that people have', () => {
  for (const [text, wanted, whose] of forms) {
    const k = parseKernel(text);
    const parts = [
      k.kind,
      k.kind === 'mainline' ? k.tag : k.line,
      ...('sublevel' in k ? [k.sublevel] : []),
      ...('package' in k ? [k.package] : []),
    ];
    assert.equal(parts.join(' '), wanted, text);
    if (k.kind === 'changed') assert.equal(k.distribution, whose ?? null, text);
  }
  assert.equal(distributionOf('-my-own'), null);
});

test("a distribution's kernel is not known, but for what mainline had mended before it began", () => {
  for (const release of ['5.15.0-91-generic', '6.6.30-android15', '5.14.21-150500.55.52-default', '6.1.90-custom']) {
    const { answers } = affected(release);
    assert.deepEqual([...new Set(answers.map(a => a.answer))].sort(), ['fixed', 'not-known'], release);
    for (const a of answers) if (a.answer === 'fixed') assert.equal(a.level, 'inferred', release);
  }
  assert.ok(affected('4.18.0-553.el8').answers.every(a => a.answer === 'not-known'));
  assert.match(answer('4.18.0-553.el8', 'zone-device-leak').why, /RHEL or a clone of it backports on its own/);
  assert.match(answer('6.1.90-custom', 'pfnmap-tail-refused').why, /ask for 6\.1\.90/);
});

test("Debian's changelogs were read: with the package's version the answer is that of the stable release", () => {
  const debian = (version: string) => `6.1.0-18-amd64 #1 SMP Debian ${version} (2025-01-01)`;
  assert.equal(answer(debian('6.1.129-1'), 'zero-pin-refused').answer, 'never');
  assert.equal(answer(debian('6.1.133-1'), 'zero-pin-refused').answer, 'affected');
  assert.equal(answer(debian('6.1.135-1'), 'zero-pin-refused').answer, 'fixed');
  assert.equal(answer('6.1.0-18-amd64', 'zero-pin-refused').answer, 'not-known');
  assert.match(answer('6.1.0-18-amd64', 'zero-pin-refused').why, /uname -v/);
  assert.equal(answer(debian('6.1.200-1'), 'zero-pin-refused').answer, 'not-known', 'a later changelog');
  const bullseye = (version: string) => answer(`5.10.0-8-amd64 ${version}`, 'pfnmap-tail-freed');
  assert.equal(bullseye('5.10.46-1').answer, 'affected');
  assert.equal(bullseye('5.10.46-2').answer, 'fixed', 'Debian had it before 5.10.47');
  assert.equal(bullseye('5.10.46-4').first_good, '5.10.46-2');
  assert.equal(bullseye('5.10.70-1').first_good, '5.10.47');
  assert.equal(bullseye('5.10.40-1').answer, 'affected');
});

test('a CVE that was rejected is named in the evidence only', () => {
  const { cve, evidence } = answer('6.0-rc4', 'vfio-zero-page-leak');
  assert.equal(cve, undefined);
  assert.match(evidence, /CVE-2022-48700 .*rejected on 19 Dec 2024/);
  assert.equal(answer('6.12', 'pofs-null-unpin').cve, 'CVE-2024-56612');
});

test('what is no release is refused, with the one that was probably meant', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /nothing was given; expected one like 6\.1\.90/],
    ['five', /'five' names no kernel release/],
    ['6,1,90', /did you mean '6\.1\.90'\?/],
    ['6.l.90', /did you mean '6\.1\.90'\?/],
    ['linux-6.1.90', /did you mean '6\.1\.90'\?/],
    ['5.99', /there is no Linux 5\.99: 5\.19 was the last of Linux 5/],
    ['6.1.90-rc2', /no release candidates in its name/],
    ['6.1-rc42', /-rc1 to -rc8/],
    ['0.9', /there is no Linux 0\.9/],
    ['6.1.0-18-amd64 5.10.46-2', /are of two kernels: 6\.1 and 5\.10/],
    ['x'.repeat(100_000), /'x{80}' names no kernel release/],
  ];
  for (const [text, wanted] of refused) assert.throws(() => parseKernel(text), wanted, text.slice(0, 40));
});

test('the text: the worst first, what it has in full, the rest in a line each', () => {
  const text = affectedText(affected('6.1.130'));
  assert.match(text, /^6\.1\.130: a stable release of 6\.1\n/);
  assert.ok(text.indexOf('zero-pin-refused') < text.indexOf('\nfixed '), 'affected before fixed');
  assert.match(text, /First bad: 6\.1; first good: none; mainline fixed it in 6\.13-rc1\./);
  assert.match(text, /3 affected, 6 fixed, 4 never had it, of 13 bugs\n$/);
  assert.match(affectedText(affected('5.4'), true), /Evidence: the Fixes: tag of the fix/);
  const unknown = affectedText(affected('4.18.0-553.el8'));
  assert.equal(unknown.split('backports on its own').length, 2, 'one reason is told once');
});

test('docs/affected.md has the table as it is', () => {
  const docs = readFileSync(path.join(projectRoot, 'docs/affected.md'), 'utf8');
  assert.ok(docs.includes(affectedMatrix()), `docs/affected.md should have this table:\n${affectedMatrix()}`);
});
