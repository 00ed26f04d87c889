/** Every subcommand. A command's code is loaded when it is called, so this file imports next to nothing. */
import { RECORDED_KERNELS } from '../linux/data/recorded-kernels.js';
import { JOBS, SECONDS_A_CELL } from './defaults.js';
import type { CommandSpec } from './spec.js';

const NUMBERS = { usage: '[NN …]', noun: 'notebook', least: 0, most: 40, meaning: 'by their number; all if not given' };
const JSON_OPTION = { '--json': { meaning: 'print the answer as JSON' } } as const;

export const commands: Readonly<Record<string, CommandSpec>> = {
  start: {
    summary: 'Opens the notebooks in your browser, live.',
    options: {
      '--port': { value: 'N', meaning: 'the port to listen on; 8888 if it is free, 0 for any free one' },
      '--no-browser': { meaning: 'only print the address' },
      '--notebooks': { value: 'DIR', meaning: 'another folder of notebooks' },
      '--state': {
        value: 'DIR',
        meaning:
          'where your copies and your progress are kept; if not given, .put-page in a clone, else $XDG_STATE_HOME/put-page or ~/.local/state/put-page',
      },
    },
    exit: { 0: 'it was stopped with Ctrl-C', 1: 'it could not start' },
    load: () => import('./start.js'),
  },
  doctor: {
    summary: 'Checks within half a minute whether this machine can run the kit, and says what to fix if not.',
    options: {
      '--state': { value: 'DIR', meaning: 'where start will keep your copies and progress; give the same DIR to both' },
    },
    exit: { 0: 'it can', 1: 'something must be fixed first' },
    load: () => import('./doctor.js'),
  },
  reset: {
    summary:
      'Sets your copies of the notebooks aside, so that you start afresh. Nothing is deleted, and notebooks that you made stay.',
    words: NUMBERS,
    options: {
      '--progress': { meaning: 'set your bets, hints and solved exercises aside, too' },
      '--state': { value: 'DIR', meaning: 'the folder that you gave to put-page start' },
    },
    exit: { 0: 'set aside, or there was no copy' },
    load: () => import('./reset.js'),
  },
  answers: {
    summary: 'The answer key for instructors: the answer to each bet, and one solution of each exercise.',
    words: NUMBERS,
    options: {},
    more: 'put-page answers 01 > answers-01.md',
    exit: { 0: 'printed' },
    load: () => import('./answers.js'),
  },
  export: {
    summary: 'Writes handouts: each notebook as one self-contained page or PDF, and a worksheet with its bets.',
    words: {
      usage: '[NOTEBOOK…]',
      noun: 'notebook',
      least: 0,
      most: 1000,
      meaning: 'by number, name or file (.ipynb); all of the kit if not given',
    },
    options: {
      '--format': {
        value: ['html', 'pdf', 'slides'],
        meaning:
          'html if not given; pdf needs Chromium, Chrome or Edge; slides are HTML, with speaker notes in a second file',
      },
      '--solutions': {
        value: ['none', 'end', 'inline'],
        meaning: 'none if not given; end: the answers on a sheet at the end; inline: below each bet and exercise',
      },
      '--out': { value: 'DIR', meaning: 'where to write; handouts/ if not given' },
    },
    more: 'put-page export 01 --format pdf --solutions end',
    exit: { 0: 'written', 4: 'no Chromium was found: the pages were written as HTML' },
    load: () => import('./export.js'),
  },
  pack: {
    summary: 'Makes an offline kit: one archive that needs nothing but Node, for a room without a network.',
    options: {
      '--platform': {
        value: ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'],
        meaning: 'for which machines; this one if not given',
      },
      '--out': { value: 'FILE', meaning: '.tar.xz, .tar.gz or .tar; named after version and platform if not given' },
    },
    exit: { 0: 'written', 4: 'a .tar.xz was asked for, and there is no xz' },
    load: () => import('./pack.js'),
  },
  progress: {
    summary: 'Shows what you have done: bets, hints, exercises. --export writes the file that an instructor collects.',
    options: {
      '--export': { value: 'FILE', meaning: 'write it there as JSON: no name, no time, nothing that you typed' },
      '--state': { value: 'DIR', meaning: 'the folder that you gave to put-page start' },
    },
    more: 'put-page progress --export table-4.json',
    exit: { 0: 'printed, or written', 1: 'nothing was done yet' },
    load: () => import('./progress.js'),
  },
  class: {
    summary: 'Merges the progress files of a room: bets against answers, exercises, hints.',
    words: { usage: 'DIR', noun: 'folder', least: 1, most: 1, meaning: 'the folder with their files (*.json)' },
    options: { '--svg': { value: 'FILE', meaning: 'the same as a picture' }, ...JSON_OPTION },
    more: 'put-page class collected --svg room.svg',
    exit: { 0: 'every file was counted', 1: 'a file was left out (the message says why), or there is none' },
    load: () => import('./class.js'),
  },
  scenarios: {
    summary: 'Lists the scenarios that can be searched: releases, parameters, properties.',
    options: JSON_OPTION,
    exit: { 0: 'listed' },
    load: () => import('./scenarios.js'),
  },
  explore: {
    summary:
      'Searches every interleaving of a scenario. Says whether a property holds or is violated (with a shortest run), or whether a state is reached; bounded means that the search was cut off.',
    words: {
      usage: 'SCENARIO',
      noun: 'scenario',
      least: 0,
      most: 1,
      meaning: "a scenario's name; put-page scenarios lists them",
    },
    options: {
      '--release': { value: 'R', meaning: "the kernel release; the scenario's default if not given" },
      '--set': { value: 'name=value', many: true, meaning: "the scenario's parameters: --set pages=3,vcpus=2" },
      '--property': {
        value: 'NAME',
        meaning: "one property, or 'accounting' for the counts alone; if not given, every property of kind always",
      },
      '--fairness': { value: ['none', 'weak', 'strong'], meaning: 'for an eventually property; weak if not given' },
      '--symmetry': { value: ['on', 'off'], meaning: 'on if not given; never with an eventually property' },
      '--movers': {
        value: ['on', 'off'],
        meaning: 'off if not given; on makes proofs faster by fusing lock steps with their neighbours',
      },
      '--engine': { value: ['interpreter', 'js', 'wasm'], meaning: 'the fastest that fits if not given' },
      '--max-states': { value: 'N', meaning: 'stop after about N states; the verdict is then bounded' },
      '--max-depth': { value: 'N', meaning: 'stop at depth N; the verdict is then bounded' },
      '--all-shortest': { meaning: 'also count how many runs are equally short' },
      '--promela': { meaning: 'print the model for SPIN instead of searching it' },
      '--json': { meaning: 'print the verdict as JSON (docs/explorer.md says what is in it)' },
    },
    more: 'put-page explore zone-device-leak --release 5.3     the shortest run into the leak\nput-page explore gupref --set pages=3,vcpus=3       4,675,296 states',
    exit: { 0: 'it holds, or is reached', 1: 'it is violated, or unreachable', 2: 'bounded: no answer' },
    load: () => import('./explore.js'),
  },
  replay: {
    summary: 'Plays the recordings of real kernels through the model, row by row, and compares.',
    options: {
      '--file': {
        value: 'FILE',
        meaning:
          'another recording than data/recordings/golden.json: cases or sequences, as data/recordings/README.md says',
      },
      '--kernel': {
        value: RECORDED_KERNELS,
        meaning: 'the kernel it was recorded on, if neither the file nor its name says so',
      },
      '--rules': {
        value: 'RELEASE',
        meaning: 'follow the rules of another release, to see in which rows it differs',
      },
      '--carry': { meaning: 'treat all cases as one boot: each starts with what the one before left behind' },
      '--json': {
        meaning:
          '{ rows, covered, equal, excused, kernels: { "6.1.192": { rows, covered, equal, excused }, … }, played: { cases, equal }, cases: [{ name, rows, covered, equal, excused, why }], differences: [{ kernel, case, step, line, field, recorded, model, reason }] }',
      },
    },
    exit: {
      0: 'every covered row is equal; at most 1 in 100 may differ, by a simplification that has a name',
      1: 'some rows differ',
    },
    load: () => import('./replay.js'),
  },
  matrix: {
    summary:
      'Tries the rules by which KVM took and put references, from 2.6.28 to 6.13, on every kind of page: which rules leave each page as it was?',
    options: {
      '--release': {
        value: 'R',
        meaning: 'follow the fault path of this release; if not given, one table for each path that differs',
      },
      '--rule': { value: 'NAME', meaning: "only this rule: a release's, or vfio" },
      ...JSON_OPTION,
    },
    more: 'put-page matrix --release 6.12.117\nput-page matrix --rule vfio',
    exit: { 0: 'printed, whatever the verdicts are' },
    load: () => import('./matrix.js'),
  },
  affected: {
    summary:
      'Does this kernel have one of the bugs that the notebooks teach? From which version on, and how well is it known?',
    words: {
      usage: '[RELEASE | -]',
      noun: 'release',
      least: 0,
      most: 40,
      meaning:
        'a tag (6.1.90, 5.4-rc7), or what uname -r, -rv or -a prints; - reads such lines from standard input; this machine if not given',
    },
    options: {
      ...JSON_OPTION,
      '--all': {
        meaning:
          'every bug in full, with the evidence; without it only those that the kernel has are explained, and the others get one line',
      },
    },
    more: "put-page affected 6.1.90\nput-page affected $(uname -a)          a distribution's kernel, with the version of its package\ncat /proc/version | put-page affected -",
    exit: {
      0: 'it has none of the bugs',
      1: 'it has at least one',
      2: 'for at least one it is not known, and it has none of the others',
    },
    load: () => import('./affected.js'),
  },
  decode: {
    summary: 'Finds and explains every "Bad page" report in a kernel log.',
    words: {
      usage: '[FILE | -]',
      noun: 'file',
      least: 0,
      most: 1,
      meaning: 'a saved log; standard input if not given',
    },
    options: {
      ...JSON_OPTION,
      '--release': { value: 'R', meaning: 'read it as a log of this kernel, such as 6.9.12' },
    },
    exit: { 0: 'at least one report', 1: 'none' },
    load: () => import('./decode.js'),
  },
  ledger: {
    summary: 'Turns a page_ref trace of your kernel into a ledger: who took, who gave back, who still holds.',
    words: {
      usage: '[FILE | -]',
      noun: 'file',
      least: 0,
      most: 1,
      meaning: 'what trace-cmd report, perf script, bpftrace or trace_pipe printed; standard input if not given',
    },
    options: {
      ...JSON_OPTION,
      '--pfn': { value: 'PFN', many: true, meaning: 'draw the score of this page: --pfn 0x357ee' },
      '--top': { value: 'N', meaning: 'how many pages and pairs to show; 20 if not given' },
    },
    exit: {
      0: 'the trace was read',
      1: 'it holds no page_ref event',
      2: 'somebody gave back a reference that nobody held',
    },
    load: () => import('./ledger.js'),
  },
  execute: {
    summary: 'Runs notebooks without a browser and writes the .ipynb beside each source, over the one that is there.',
    words: {
      usage: '[NOTEBOOK…]',
      noun: 'notebook',
      least: 0,
      most: 1000,
      meaning: 'by number, name or file; all in notebooks/ if not given',
    },
    options: {
      '--check': { meaning: 'write nothing; fail where the .ipynb is not what its source gives now' },
      '--timeout': { value: 'SECONDS', meaning: `seconds that a cell may take; ${SECONDS_A_CELL} if not given` },
      '--jobs': { value: 'N', meaning: `notebooks at a time; ${JOBS} if not given` },
    },
    exit: { 0: 'all ran as they should', 1: 'at least one did not' },
    load: () => import('./execute.js'),
  },
  sync: {
    summary:
      'Takes the cells of an edited .ipynb (Jupyter, VS Code, a working copy) back into notebooks/NN-name.ts; outputs are left out.',
    words: { usage: 'NOTEBOOK.ipynb…', noun: 'notebook', least: 1, most: 1000, meaning: 'the edited notebooks' },
    options: { '--force': { meaning: 'overwrite a source that is newer than the .ipynb' } },
    exit: { 0: 'written', 1: 'a notebook was refused' },
    load: () => import('./sync.js'),
  },
  kernel: {
    summary: "Registers the kit's TypeScript kernel with Jupyter and VS Code: put-page kernel install.",
    words: { usage: 'install', noun: 'action', least: 1, most: 1, meaning: 'the only action' },
    options: {
      '--prefix': {
        value: 'DIR',
        meaning: 'install below DIR/share/jupyter, for all users there; each user keeps their own progress',
      },
    },
    exit: { 0: 'installed', 1: 'the folder cannot be written' },
    load: () => import('./kernel.js'),
  },
  completion: {
    summary: 'Prints a completion script for your shell.',
    words: { usage: 'bash | zsh | fish', noun: 'shell', least: 1, most: 1, meaning: 'which shell' },
    options: {},
    more: 'source <(npx put-page completion bash)\nnpx put-page completion fish | source',
    exit: { 0: 'printed' },
    load: () => import('./completion.js'),
  },
};
