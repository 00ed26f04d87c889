/** The house of design: imports go down only. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

/** From the top floor to the ground: a folder imports from itself and from folders below it. */
const floors = [
  'cli',
  'commands',
  'offline',
  'site',
  'app',
  'handouts',
  'workshop',
  'stories',
  'desk',
  'kit',
  'widgets',
  'jupyter',
  'replay',
  'views',
  'linux',
  'splat',
  'pageref',
  'ledger',
  'explorer',
  'model',
] as const;

/** Files that stand in no folder, and the floor that they belong to. */
const loose: Readonly<Record<string, (typeof floors)[number]>> = {
  'cli.ts': 'cli',
  // What cells import: everything but the application, re-exported.
  'index.ts': 'app',
};

/** These run in a browser too, with no Node at all. */
const withoutNode = [
  'views',
  'linux',
  'ledger',
  'explorer',
  'model',
  'stories',
  'workshop',
  'handouts',
  'desk',
  'replay',
  'widgets',
  'site/page',
  'jupyter/comms',
  ...[
    'cell-code',
    'cell-source',
    'cell-syntax',
    'check',
    'checker-names',
    'completions',
    'convert-cell',
    'diagnostics',
    'earlier-imports',
    'patched-typescript',
    'typescript-shim',
  ].map(name => `jupyter/kernel/${name}.ts`),
  'jupyter/display.ts',
  'jupyter/progress-store.ts',
];

/**
 * Files that read with Node all the same; a bundle for the browser has to replace them. An entry that no longer imports
 * Node fails: the list may only shrink.
 */
const nodeForNow: readonly string[] = ['linux/data/data-file.ts'];

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

const specifiers = /(?<=^|\s)(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;

function importsIn(file: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, comment => comment.replaceAll(/[^\n]/g, ' '));
  return [...code.matchAll(specifiers)].map(match => ({
    file,
    line: code.slice(0, match.index).split('\n').length,
    specifier: match[1] ?? match[2] ?? '',
  }));
}

const floorOf = (file: string): number =>
  floors.findIndex(floor => floor === (loose[file] ?? (file.includes('/') ? file.split('/')[0] : undefined)));

/** What is wrong with one import, or nothing. `file` is below src/. */
function problemOf({ file, line, specifier }: Import): string | undefined {
  const here = `src/${file}:${line}`;
  if (specifier.startsWith('.')) {
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
    if (target.startsWith('..')) return `${here} imports ${specifier}, which is outside src/`;
    const [from, to] = [floorOf(file), floorOf(target.replace(/\.js$/, '.ts'))];
    if (to < 0) return `${here} imports ${specifier}, which is on no floor`;
    return to < from ? `${here} (${floors[from]}) imports ${specifier} from a floor above` : undefined;
  }
  const browser = withoutNode.some(place => file === place || file.startsWith(`${place}/`));
  return browser && specifier.startsWith('node:')
    ? `${here} imports ${specifier}, but this runs in a browser too`
    : undefined;
}

function sources(): string[] {
  const files = readdirSync(path.join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort();
}

test('every folder of src/ has its floor', () => {
  const strangers = sources().filter(file => floorOf(file) < 0);
  assert.deepEqual(strangers, [], 'give the folder a place in the table `floors`');
});

test('imports go down only, and nothing that runs in a browser imports Node', () => {
  const files = sources();
  assert.ok(files.length > 20, `only ${files.length} files found`);
  const imports = files.flatMap(file => importsIn(file, readFileSync(path.join(projectRoot, 'src', file), 'utf8')));
  assert.ok(imports.length > files.length, `only ${imports.length} imports found`);
  const usesNode = ({ file, specifier }: Import): boolean => nodeForNow.includes(file) && specifier.startsWith('node:');
  const problems = imports.filter(one => !usesNode(one)).flatMap(one => problemOf(one) ?? []);
  assert.deepEqual(problems, []);
  const stale = nodeForNow.filter(file => !imports.some(one => one.file === file && usesNode(one)));
  assert.deepEqual(stale, [], 'these import no Node now: take them off the list');
});

/**
 * Doors: what a folder's outside may import of it. `index.ts` is always one; the others stand here with the reason. A folder that is not
 * named has no other door.
 */
const doors: Readonly<Record<string, { readonly why: string; readonly files: RegExp }>> = {
  model: {
    why: 'the explorer and the replay are built on the machinery, which readers do not need',
    files:
      /^(access|chance|declare|error|events|interpret|interrupt|known-names|machine|model|nearest|play|run|scenario|slots|sums|telling|trace|types)\.ts$/,
  },
  explorer: {
    why: 'a command loads only its part, so that a search begins at once; the site’s page searches from the state that is shown',
    files:
      /^(enumerate|explore|explore-from|explore-in-worker|promela|search|state-graph|tree-text|two-processes|verdict)\.ts$/,
  },
  views: {
    why: 'a run loads the figures that it can draw, a search none of the others; the page draws runs that lie in a notebook, turns colours, and shows the table of holders; a lesson’s replies count and list as figures do',
    files:
      /^(coverage-map|dark|figure|graph|holders|ledger-chart|score\/(music|score|sheet)|state-graph|swim-lanes|text)\.ts$/,
  },
  linux: { why: 'a room is known by its files: they are the kernel’s', files: /^(data|dax|gup|kvm|mm)\/[\w-]+\.ts$/ },
  jupyter: {
    why: 'three programs: kernel, client, executor; and the seam to whatever shows an output, in the site’s worker, too',
    files:
      /^((client|execute|install|kernel|notebook)\/[\w-]+|comms\/(comms|host)|display|progress-line|progress-store|project-root|state-folder)\.ts$/,
  },
  desk: { why: 'a lesson declares; the desk is made once', files: /^(code-of|desk|lesson|names|progress)\.ts$/ },
  kit: { why: 'a model without its figures; a search in a thread', files: /^(model|explore-long)\.ts$/ },
  stories: {
    why: 'the list, the desk of its lessons, one story by its name; the matrix of contracts, without the other stories',
    files: /^(all|by-name|contract\/index|lesson-desk|named-runs|registry)\.ts$/,
  },
  replay: { why: 'the command plays recordings of any kind', files: /^(recording|replay)\.ts$/ },
  splat: {
    why: 'its own command; the free path’s tests, which linux/ runs too',
    files: /^(command|page-bad-reason|words|layouts\/[\w-]+)\.ts$/,
  },
  handouts: {
    why: 'the application says what a word means, and loads no markdown for it; a live page draws outputs, and no slides',
    files: /^(code|glossary|markdown|output)\.ts$/,
  },
  app: {
    why: 'the command starts it, or says whether it would start; an offline kit brings its page; a live page of the site draws, completes and builds as the application does',
    files:
      /^(bundle\/(build-page|esbuild-plugins|shipped-page)|open-browser|options|page\/notebook\/(completion-list|drawn-figure|figure-bar|hint)|page\/widgets\/kit-manager|paths|run)\.ts$/,
  },
  commands: { why: 'the entry', files: /^main\.ts$/ },
};

/** What is wrong with an import by another folder, or nothing. */
function doorProblem({ file, line, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier)).replace(/\.js$/, '.ts');
  const [folder = '', ...rest] = target.split('/');
  if (rest.length === 0 || folder === file.split('/')[0]) return undefined;
  const inside = rest.join('/');
  if (inside === 'index.ts' || doors[folder]?.files.test(inside) === true) return undefined;
  return `src/${file}:${line} imports src/${target}, which is no door of ${folder}/: export it from its index.ts, or name it in \`doors\` with the reason`;
}

test('a folder is entered by its doors', () => {
  const imports = sources().flatMap(file => importsIn(file, readFileSync(path.join(projectRoot, 'src', file), 'utf8')));
  assert.deepEqual(
    imports.flatMap(one => doorProblem(one) ?? []),
    [],
  );
  const folders = new Set(sources().map(file => file.split('/')[0]));
  assert.deepEqual(
    Object.keys(doors).filter(folder => !folders.has(folder)),
    [],
    'these folders are gone',
  );
  assert.match(doorProblem({ file: 'kit/x.ts', line: 1, specifier: '../views/bars.js' }) ?? '', /no door of views/);
  assert.equal(doorProblem({ file: 'kit/x.ts', line: 1, specifier: '../views/index.js' }), undefined);
});

/** In these rooms a file with underscores stands for the kernel's file of that name, and its head says which. */
const kernelRooms = /^linux\/(dax|gup|kvm|mm)\//;

function nameProblem(file: string, head: string): string | undefined {
  const name = path.posix.basename(file, '.ts');
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return undefined;
  if (!/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name)) return `src/${file}: a file is named in kebab-case`;
  if (!kernelRooms.test(file))
    return `src/${file}: underscores are for files of the kernel, in src/linux/{dax,gup,kvm,mm}/`;
  return new RegExp(`\\b${name}\\.[ch]\\b`).test(head)
    ? undefined
    : `src/${file}: its head does not name ${name}.c or .h of the kernel`;
}

test('one rule for the names of files', () => {
  const problems = sources().flatMap(
    file => nameProblem(file, readFileSync(path.join(projectRoot, 'src', file), 'utf8').slice(0, 1200)) ?? [],
  );
  assert.deepEqual(problems, []);
  assert.match(nameProblem('views/barChart.ts', '') ?? '', /kebab-case/);
  assert.match(nameProblem('views/bar_chart.ts', '') ?? '', /underscores/);
  assert.match(nameProblem('linux/mm/memory_x.ts', '/** Kernel: mm/memory.c */') ?? '', /memory_x\.c/);
});

test('an import that goes up, out, or to Node is seen', () => {
  const text = [
    "import { a } from '../linux/gup.js';",
    '/* from: */ export type {',
    '  B,',
    "} from '../model/model.js';",
    "const c = await import('../app/server.js');",
    "import 'node:fs';",
    "import { d } from '../../test/x.js';",
  ].join('\n');
  assert.deepEqual(importsIn('ledger/x.ts', text).map(problemOf), [
    'src/ledger/x.ts:1 (ledger) imports ../linux/gup.js from a floor above',
    undefined,
    'src/ledger/x.ts:5 (ledger) imports ../app/server.js from a floor above',
    'src/ledger/x.ts:6 imports node:fs, but this runs in a browser too',
    'src/ledger/x.ts:7 imports ../../test/x.js, which is outside src/',
  ]);
});
