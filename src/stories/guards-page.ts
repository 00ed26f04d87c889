/** docs/guards.md: what was taken away from each model, and who noticed. Made from the models by npm run docs. */
import type { Noticed, Removal } from '../explorer/index.js';
import { Model } from '../kit/index.js';
import { type AnyModel, calledStep } from '../model/index.js';
import type { Settings } from '../model/scenario.js';
import { type Guarded, type GuardRow, guardRows } from './guarded.js';
import * as registry from './registry.js';

/** Properties that were missing until something was taken away and nobody noticed, by scenario. */
const FOUND_MISSING: readonly (readonly [scenario: string, property: string])[] = [
  ['series-designs', 'an SPTE leads to no free page'],
  ['ttm-tail-page', 'an SPTE follows its entry'],
  ['hva-to-pfn', 'a free page is held by nobody'],
  ['pfncache', 'no fewer references than mappings'],
  ['bad-page-splat', 'the batch holds no page that is not in it'],
  ['zero-pfn-loop', 'only what is isolated is held for it'],
  ['zero-pfn-loop', 'what is answered as pinned is mapped and pinned'],
  ['release-contract', 'the owner’s reference goes with its page'],
  ['virtio-gpu-blob', 'the teardown ends'],
  ['protocol', 'no invalidation is left in progress'],
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** What was taken away: `the get of page._refcount for gup`. */
function whatOf(r: Removal): string {
  if (r.is === 'lock') return `the lock \`${r.lock}\``;
  if (r.is === 'guard') return `the look at \`${r.question}\`: ${coded(r.so)}`;
  const [verb, what, , holder] = r.what.split(' ');
  return `the ${verb} of \`${what}\`${holder === undefined ? '' : ` for \`${holder}\``}`;
}

/** `never to unlock`: what is a name, as code. */
const coded = (text: string) =>
  text.replace(/^(never to|always to|(?:never|always) (?:get|put|write|lock|unlock)) (\S+)/, '$1 `$2`');

/** Where: the process, and the step with a link to the kernel's function, under its name in that release. */
function whereOf(model: AnyModel, r: Removal): string {
  if (r.is === 'lock') return `\`${r.process}\`, all of it`;
  const link = model instanceof Model ? model.source(`${r.process}.${r.step}`).link : null;
  const called = `\`${calledStep(model, r.step)}\``;
  const step = link === null ? called : `[${called}](${link})`;
  return `${r.process}: ${step}`;
}

function noticedBy({ by, how, steps }: Noticed): string {
  switch (how) {
    case 'violated':
      return by === 'accounting' ? 'accounting: a put without its get' : by;
    case 'never':
      return `${by}: no run does`;
    case 'for ever':
      return `${by}: after ${steps} steps it never does`;
    case 'fails':
      return `the step itself: ${by.replace(/^.*?: (?=\S+ = )/, '')}`;
    case 'bounded':
      return `no end: ${by}`;
  }
}

const stepsOf = ({ how, steps }: Noticed) => (how === 'violated' || how === 'fails' ? String(steps) : '');

const told = (settings: Settings) =>
  Object.entries(settings)
    .map(([name, value]) => (name === 'release' ? String(value) : `${name} ${value}`))
    .join(', ');

function section({ scenario, settings }: Guarded, rows: readonly GuardRow[]): string {
  const noticed = rows.flatMap(row => (row.noticed === undefined ? [] : [{ ...row, noticed: row.noticed }]));
  const model = scenario.model(settings[0]);
  const several = settings.length > 1;
  const columns = ['taken away', 'in', 'noticed by', 'steps', ...(several ? ['with'] : [])];
  const lines = noticed.map(({ removal, noticed: n }) => [
    whatOf(removal),
    whereOf(model, removal),
    noticedBy(n),
    stepsOf(n),
    ...(several ? [told(n.settings)] : []),
  ]);
  const reasons = new Map<string, string[]>();
  for (const row of rows)
    if (row.noticed === undefined) {
      const why = row.harmless ?? '';
      reasons.set(why, [...(reasons.get(why) ?? []), `${whereOf(model, row.removal)}, ${whatOf(row.removal)}`]);
    }
  const harmless = [...reasons].map(([why, all]) => `- ${why}\n${all.map(one => `  - ${one}`).join('\n')}`);
  const with_ = settings.map(told).filter(text => text !== '');
  return [
    `### ${scenario.name}${with_.length === 0 ? '' : ` (${with_.join('; ')})`}`,
    scenario.summary,
    `${rows.length} taken away, ${noticed.length} noticed.`,
    table(columns, lines),
    ...(harmless.length === 0 ? [] : [`Nobody notices, and nobody has to:\n\n${harmless.join('\n')}`]),
  ].join('\n\n');
}

function head(all: readonly (readonly GuardRow[])[]): string {
  const rows = all.flat();
  const noticed = rows.filter(row => row.noticed !== undefined).length;
  for (const [name, property] of FOUND_MISSING)
    if (
      !registry
        .scenario(name)
        .model()
        .properties.some(p => p.name === property)
    )
      throw new RangeError(`${name} has no property '${property}'`);
  return `# What each guard is for

Properties that hold say little if they would also hold with half of the model gone. So everything is taken away, one thing at a time: each get
and each put of a reference, each lock and each unlock, each decision, and each write to a field that a decision reads. What is left is
searched again, in every order. Somebody *notices* when a property fails, when a step fails, or when the search finds no end. **${rows.length} things were
taken away from ${all.length} models; ${noticed} times somebody noticed**, half of the times within ${median(rows)} steps. The other ${rows.length - noticed} are explained below each table.

The source stays as it is. Each step runs on a stand-in for the state, which passes on everything that the step does, except what is taken
away. To find a decision, the stand-in gives the step a different answer, one that the step does get somewhere in the search. To take the decision
away, it gives that answer whenever the step would have gone the old way.

In the tables, “the look at” a field is a decision that reads it. “Never to \`unlock\`”: the step used to go to \`unlock\` there, and now goes on
as if it had read something else. “Never waits”: the guard holds nobody up any more. “No run does”: what the property wants is never reached. The
number of steps is that of the shortest run that shows it.

Making these tables was worth it. The following properties had been missing: something could be taken away, and everything still held.

${table(
  ['model', 'property that was added'],
  FOUND_MISSING.map(([name, property]) => [name, property]),
)}

In gupref, one guard turned out to be covered by another. Without the test in \`try_get_page()\`, KVM gets a page whose count is zero, and the
retry check hides that. Bug 6 of that model marks the page, and only the mark shows it.

This page is made from the models (\`npm run docs\`). \`test/stories/guards.test.ts\` fails when the page is stale, when something goes unnoticed
without a reason, and when a reason is no longer needed.`;
}

/** Half of the shortest runs have no more steps than this. */
function median(rows: readonly GuardRow[]): number {
  const steps = rows.flatMap(row => row.noticed?.steps ?? []).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** The page. `all`: the rows of each of `registry.guards`. */
export function guardsPage(all: readonly (readonly GuardRow[])[] = registry.guards.map(guardRows)): string {
  const of = (guarded: Guarded) => section(guarded, all[registry.guards.indexOf(guarded)] ?? []);
  const parts = registry.guardsByLesson.map(
    ({ lesson, guards }) => `## ${lesson.notebook.slice(0, 2)}: ${lesson.title}\n\n${guards.map(of).join('\n\n')}`,
  );
  return `${[head(all), ...parts].join('\n\n')}\n`;
}
