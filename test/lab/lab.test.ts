/** The lab without a machine: its sequences, how it shortens them, its arguments, and what it says when something is missing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { type RecordedSequence, readRecording } from '#src/replay/recording.js';
import { SequencePlayer } from '#src/replay/sequence.js';
import { generate, readSequences, type Sequence, sequencesText, shorter } from '../../lab/generate.js';
import { BadArguments, readOptions } from '../../lab/options.js';
import { shrink } from '../../lab/shrink.js';
import { operationInWords, storyOf } from '../../lab/story.js';

const sequences = generate(7, 200);

test('a seed makes the same sequences again, another one others', () => {
  assert.deepEqual(generate(7, 200), sequences);
  assert.notDeepEqual(generate(8, 200), sequences);
  assert.equal(new Set(sequencesText(sequences).split('\n')).size, 201);
});

test('every sequence can be played, and every kind of operation is among them', () => {
  for (const { name, ops } of sequences) {
    const player = new SequencePlayer('6.1.192');
    for (const op of ops) {
      assert.equal(player.objection(op), null, `${name}: ${op}`);
      player.play(op);
    }
  }
  const kinds = new Set(sequences.flatMap(s => s.ops.map(op => op.replace(/\d+$/, ''))));
  assert.deepEqual([...kinds].sort(), ['D', 'G', 'R', 'W', 'd', 'f', 'g', 'kc', 'kd', 'kr', 'kw', 'r', 'u', 'w', 'x']);
});

test('what is left when an operation is left out can be played too, and is shorter', () => {
  for (const { ops } of sequences.slice(0, 60))
    for (const less of shorter(ops)) {
      assert.ok(less.length < ops.length);
      const player = new SequencePlayer('6.12.117');
      for (const op of less) {
        assert.equal(player.objection(op), null, `${ops.join(' ')} -> ${less.join(' ')}`);
        player.play(op);
      }
    }
  assert.deepEqual(shorter(['w0', 'g011', 'g001', 'u1']), [
    ['g011', 'g001', 'u1'],
    ['w0', 'g001', 'u0'],
    ['w0', 'g011'],
    ['w0', 'g011', 'g001'],
  ]);
});

/** A kernel that is the model, but for one rule: it never maps a page writable after a fork. */
function wrongKernel(of: readonly Sequence[]): string {
  return of
    .flatMap(({ name, ops }) => {
      const player = new SequencePlayer('6.1.192');
      let forked = false;
      return ops.map((op, i) => {
        const m = player.play(op);
        forked ||= op === 'f';
        const page = (e: (typeof m.parent)[number]) => {
          if (e.page === null) return null;
          const p = e.page;
          const write = e.write && !(forked && op === 'w0');
          const flags =
            (write ? 1 : 0) +
            (e.special ? 2 : 0) +
            (p.backing.is_zero_pfn ? 4 : 0) +
            (p.anon ? 8 : 0) +
            (p.PG_lru ? 16 : 0) +
            (p._refcount.above(1023) ? 32 : 0);
          return [p.id, p._refcount.count(), p.mapcount, flags, 1];
        };
        const held = m.held.map(p =>
          p === null
            ? null
            : [
                p.id,
                p._refcount.count(),
                p.mapcount,
                (p.backing.is_zero_pfn ? 4 : 0) +
                  (p.anon ? 8 : 0) +
                  (p.PG_lru ? 16 : 0) +
                  (p._refcount.above(1023) ? 32 : 0),
                0,
              ],
        );
        const rel = m.releases?.map(r => [r.page.id, r.folioRef]) ?? null;
        const row = {
          s: name,
          i,
          op,
          ret: m.ret,
          er: m.errno,
          rel,
          z: m.zero,
          p: m.parent.map(page),
          c: m.child?.map(page) ?? null,
          h: held,
        };
        return JSON.stringify(row);
      });
    })
    .join('\n');
}

test('a mismatch is shrunk to the shortest sequence, and told as a story', async () => {
  const long: Sequence = {
    name: 'long',
    ops: ['r1', 'w0', 'kc', 'kr0', 'g001', 'f', 'W1', 'u0', 'w0', 'kw0', 'x', 'd0', 'd1'],
  };
  const record = async (of: readonly Sequence[]) => wrongKernel(of);
  const [first] = readRecording(wrongKernel([long]), 'a', '6.1.192').sequences;
  assert.ok(first !== undefined);
  const short: RecordedSequence = await shrink(first, '6.1.192', record, () => {});
  assert.deepEqual(
    short.rows.map(r => r.op),
    ['f', 'w0'],
  );
  const story = storyOf(short, '6.1.192');
  assert.match(story, /0 f +fork/);
  assert.match(
    story,
    /1 w0 +the parent writes page 0\n +kernel: page 0 .*count 1.*\n +model: .*write is false, the model says true/,
  );
  assert.equal(operationInWords('G021'), 'the child calls pin_user_pages_fast(FOLL_LONGTERM) on page 0');
});

test('arguments: what is wrong, and what was expected', () => {
  const o = readOptions(['--fuzz', '--seed', '5', '--sequences', '20', '--kernel', '6.12']);
  assert.deepEqual([o?.lines, o?.cases, o?.sequences, o?.seed], [['6.12'], false, 20, 5]);
  assert.deepEqual([readOptions([])?.cases, readOptions([])?.sequences], [true, 100]);
  assert.equal(readOptions(['--help']), null);
  for (const [args, says] of [
    [['--kernel', '5.4'], /--kernel 5\.4: expected 6\.1 or 6\.12/],
    [['--sequences', '0'], /--sequences 0: expected a whole number from 1/],
    [['--speed'], /--speed/],
    [['gup'], /'gup' is no option/],
    [['--play', 'mine', '--seed', '1'], /--play gives the sequences, --seed and --sequences choose random ones/],
  ] as const)
    assert.throws(
      () => readOptions(args),
      (e: Error) => e instanceof BadArguments && says.test(e.message),
    );
});

test('sequences of one’s own: a line is refused with what is wrong in it', () => {
  assert.deepEqual(readSequences('# mine\na w0 f W0 x\n\nb kc kr0 kd\n'), [
    { name: 'a', ops: ['w0', 'f', 'W0', 'x'] },
    { name: 'b', ops: ['kc', 'kr0', 'kd'] },
  ]);
  assert.throws(() => readSequences('a w0\nb W0\n'), /line 2, b: 'W0' without a child; expected f before it/);
  assert.throws(() => readSequences('a\n'), /line 1, a: no operations/);
});

/** The lab with only these programs on its PATH. */
function labWith(programs: readonly string[]) {
  const bin = mkdtempSync(path.join(tmpdir(), 'lab-'));
  mkdirSync(path.join(bin, 'bin'));
  symlinkSync(process.execPath, path.join(bin, 'bin/node'));
  for (const name of programs) {
    writeFileSync(path.join(bin, 'bin', name), '#!/bin/sh\nexit 0\n');
    chmodSync(path.join(bin, 'bin', name), 0o755);
  }
  const r = spawnSync(process.execPath, [path.join(projectRoot, 'dist-test/lab/main.js'), '--cases'], {
    encoding: 'utf8',
    env: { PATH: path.join(bin, 'bin'), LAB_ONLY_PATH: '1' },
    cwd: bin,
  });
  rmSync(bin, { recursive: true });
  return r;
}

test('something is missing: it says what and how to get it, with an exit code of its own', {
  skip: process.arch !== 'x64' && 'not on x86-64',
}, () => {
  const none = labWith([]);
  assert.equal(none.status, 4);
  assert.match(
    none.stderr,
    /there is no apt-get, apt-cache, dpkg: the lab fetches its kernels by apt\. Run it on Debian/,
  );
  const noQemu = labWith([
    'apt-get',
    'apt-cache',
    'dpkg',
    'busybox',
    'cpio',
    'depmod',
    'modprobe',
    'gcc',
    'make',
    'bc',
    'pahole',
    'strip',
    'xz',
    'gzip',
    'mkfs.ext4',
  ]);
  assert.equal(noQemu.status, 4);
  assert.match(
    noQemu.stderr,
    /there is no qemu-system-x86_64\. Get it as root: apt-get update && apt-get install .* qemu-system-x86/,
  );
  const noLists = labWith([
    'apt-get',
    'apt-cache',
    'dpkg',
    'busybox',
    'cpio',
    'depmod',
    'modprobe',
    'gcc',
    'make',
    'bc',
    'pahole',
    'strip',
    'xz',
    'gzip',
    'mkfs.ext4',
    'qemu-system-x86_64',
  ]);
  assert.equal(noLists.status, 4);
  assert.match(noLists.stderr, /apt knows no kernel of 6\.1 .*apt-get update/);
});
