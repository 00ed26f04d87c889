/** `npm run lab`: new recordings on the reader's own machine, compared with the model row by row. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inWords } from '#src/replay/difference.js';
import { readRecording } from '#src/replay/recording.js';
import { agrees, type Replay, replay } from '#src/replay/replay.js';
import { boot, type What } from './boot.js';
import { buildRoot, packRoot } from './build.js';
import { generate, readSequences, type Sequence, sequencesText } from './generate.js';
import { fetchKernel, type Kernel } from './kernels.js';
import { runLeak } from './leak.js';
import { checkNeeds } from './needs.js';
import { BadArguments, HELP, type LabOptions, readOptions } from './options.js';
import { LabFailed, Missing } from './run.js';
import { firstDifference, shrink } from './shrink.js';
import { storyOf } from './story.js';

const [AGREES, DIFFERS, FAILED, BAD, MISSING] = [0, 1, 2, 3, 4] as const;
/** So many mismatches are shrunk: each takes some boots. */
const SHRUNK = 3;
/** Sequences a boot: a kernel that dies takes only these with it. */
const A_BOOT = 250;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Runs the lab; gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const o = readOptions(args);
    if (o === null) {
      process.stdout.write(HELP);
      return AGREES;
    }
    checkNeeds(o.leak);
    let all = true;
    for (const line of o.lines) all = (await runLine(line, o)) && all;
    return all ? AGREES : DIFFERS;
  } catch (e) {
    const code =
      e instanceof BadArguments ? BAD : e instanceof Missing ? MISSING : e instanceof LabFailed ? FAILED : null;
    if (code === null) throw e;
    say(`lab: ${(e as Error).message}`);
    return code;
  }
}

/** One kernel. True: the model agrees with all that was recorded. */
async function runLine(line: string, o: LabOptions): Promise<boolean> {
  mkdirSync(o.cache, { recursive: true });
  const kernel = await fetchKernel(line, path.resolve(o.cache), say);
  if (kernel.version !== kernel.rules)
    say(`${line}: apt has ${kernel.version} now; the model follows the rules of ${kernel.rules}, which was recorded`);
  if (o.leak) return runLeak(kernel, o.out, say);
  // Another lab may run beside this one. What failed stays, to be looked at.
  const own = mkdtempSync(path.join(kernel.folder, 'run-'));
  const record = recorder(kernel, await buildRoot(kernel, own, say));
  mkdirSync(o.out, { recursive: true });
  const cases = !o.cases || (await runCases(kernel, record, o));
  const sequences = o.sequences === 0 || (await runSequences(kernel, record, o));
  rmSync(own, { recursive: true });
  return cases && sequences;
}

type Recorder = (what: readonly What[], sequences: readonly Sequence[]) => Promise<string>;

function recorder(kernel: Kernel, root: string): Recorder {
  return async (what, sequences) => {
    const expected = sequences.reduce((n, s) => n + s.ops.length, 0);
    const initrd = await packRoot(root, sequencesText(sequences));
    const name = `${kernel.version}, ${what.join(' and ')}`;
    say(`${name}: booting ${kernel.abi}`);
    let told = 0;
    return boot(kernel, initrd, what, sequences.length, rows => {
      if (rows < told + Math.max(50, expected / 10)) return;
      told = rows;
      say(`${name}: ${rows}${expected > 0 ? ` of ${expected}` : ''} rows`);
    });
  };
}

/** A tally for people, and what differs. */
function tell(name: string, r: Replay): void {
  say(
    `${name}: ${r.equal} rows equal of ${r.covered} covered of ${r.rows}${r.excused > 0 ? `, ${r.excused} more excused` : ''}`,
  );
  for (const d of r.differences) process.stdout.write(`${d.case}, ${d.step}: ${inWords(d)} (${d.reason})\n`);
}

async function runCases(kernel: Kernel, record: Recorder, { out }: LabOptions): Promise<boolean> {
  const text = await record(['cases', 'devices'], []);
  const file = path.join(out, `cases-${kernel.version}.jsonl`);
  writeFileSync(file, text);
  // One boot for all: what the old rule leaked is there in what comes after it.
  const r = replay({ recording: readRecording(text, file, kernel.rules), carry: true });
  tell(`${kernel.version}, cases (${file})`, r);
  return agrees(r) && r.covered > 0;
}

/** Errors: BadArguments, the file and its line. */
function played(file: string): readonly Sequence[] {
  try {
    return readSequences(readFileSync(file, 'utf8'));
  } catch (e) {
    throw new BadArguments(`--play ${file}: ${(e as Error).message}`);
  }
}

/** Without the line that says how many sequences one boot played. */
function rowsOf(text: string): readonly string[] {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('{"end"'));
}

async function runSequences(kernel: Kernel, record: Recorder, o: LabOptions): Promise<boolean> {
  const sequences = o.play === null ? generate(o.seed, o.sequences) : played(o.play);
  const file = path.join(o.out, `sequences-${kernel.version}.jsonl`);
  let text = '';
  for (let i = 0; i < sequences.length; i += A_BOOT) {
    const more = await record(['sequences'], sequences.slice(i, i + A_BOOT));
    text += `${rowsOf(more).join('\n')}\n`;
    writeFileSync(file, text);
    const { played } = replay({ recording: readRecording(text, file, kernel.rules) });
    say(`${kernel.version}: ${played.equal} equal of ${played.cases}, of ${sequences.length} sequences`);
  }
  const recording = readRecording(text, file, kernel.rules);
  const r = replay({ recording });
  say(
    `${kernel.version}, sequences (${file}): ${r.played.equal} equal of ${r.played.cases}, ${o.play ?? `seed ${o.seed}`}`,
  );
  const died = recording.sequences.filter(s => s.died !== undefined);
  for (const s of died)
    process.stdout.write(`${s.name}: the program died (wait status ${s.died}) after ${s.rows.length} operations\n`);
  const wrong = recording.sequences.filter(s => firstDifference(s, kernel.rules) !== null);
  for (const s of wrong.slice(0, SHRUNK)) {
    const short = await shrink(s, kernel.rules, candidates => record(['sequences'], candidates), say);
    process.stdout.write(`${storyOf(short, kernel.rules)}\n`);
  }
  if (wrong.length > SHRUNK)
    say(`${wrong.length - SHRUNK} more differ; they are in ${file}: put-page replay --file lists them`);
  return agrees(r) && r.covered > 0 && died.length === 0;
}

process.exitCode = await main(process.argv.slice(2));
