/** A page a story in which no code is needed: its models, stepped by hand, with what can be set on the command line. */
import { escapeHtml } from '../handouts/index.js';
import type { Parameter, Scenario } from '../model/scenario.js';
import { frame, type SitePage } from './frame.js';
import { claimOf, fileOf, numberOf, type Reading } from './reading-page.js';

/** The page of a story's models. */
export const exploreFile = (notebook: string): string => `explore-${notebook.replace(/^\d+-/, '')}.html`;

export interface Explorable {
  readonly reading: Reading;
  readonly scenarios: readonly Scenario[];
}

function control(parameter: Parameter): string {
  const { name, meaning } = parameter;
  const says = `<span class="means">${escapeHtml(meaning)}</span>`;
  const label = `<span class="name">${escapeHtml(name)}</span>`;
  const attributes = `name="${escapeHtml(name)}" data-default="${escapeHtml(String(parameter.default))}"`;
  if (!('values' in parameter))
    return `<label>${label}<input type="number" ${attributes} value="${parameter.default}" min="${parameter.min}" max="${parameter.max}" inputmode="numeric">${says}</label>`;
  const { values } = parameter;
  if (values.length === 2 && values.includes('yes') && values.includes('no'))
    return `<label class="toggle"><input type="checkbox" ${attributes}${parameter.default === 'yes' ? ' checked' : ''}>${label}${says}</label>`;
  return `<label>${label}<select ${attributes}>${options(values, parameter.default)}</select>${says}</label>`;
}

const options = (values: readonly string[], chosen: string): string =>
  values.map(value => `<option${value === chosen ? ' selected' : ''}>${escapeHtml(value)}</option>`).join('');

/** What can be set, for one model; the page shows the one that is chosen. */
function settings(scenario: Scenario, first: boolean): string {
  const [release] = scenario.releases;
  const releases =
    release === undefined
      ? ''
      : `<label><span class="name">release</span><select name="release" data-default="${escapeHtml(release)}">${options(scenario.releases, release)}</select><span class="means">of Linux</span></label>`;
  return `<fieldset data-scenario="${escapeHtml(scenario.name)}"${first ? '' : ' hidden disabled'}>
<legend>${escapeHtml(scenario.summary)}</legend>
${releases}${scenario.parameters.map(control).join('\n')}
</fieldset>`;
}

/** Names are those of the state below it. */
const EXAMPLE = 'page[0]._refcount > 1 && !page[0].pte';

const KEYS =
  '<kbd>1</kbd> to <kbd>9</kbd> take a step, <kbd>←</kbd> goes back, <kbd>→</kbd> goes on again, <kbd>Home</kbd> to the start, <kbd>f</kbd> finds, <kbd>h</kbd> finds from here.';

export function explorePage({ reading, scenarios }: Explorable): SitePage {
  const { name } = reading;
  const models = options(
    scenarios.map(s => s.name),
    scenarios[0]?.name ?? '',
  );
  const model =
    scenarios.length > 1
      ? `<label class="model"><span class="name">model</span><select id="scenario">${models}</select></label>`
      : `<input type="hidden" id="scenario" value="${escapeHtml(scenarios[0]?.name ?? '')}">`;
  const body = `<main id="main" class="explore">
<header class="says"><h1>${escapeHtml(claimOf(reading))}</h1>
<p>You are the scheduler: choose who takes the next step, and watch who holds what. <a href="${fileOf(name)}">Notebook ${numberOf(name)}</a> tells the story.</p>
<noscript><p><b>This page runs a model, so it needs its scripts.</b> <a href="${fileOf(name)}">The notebook</a> can be read without.</p></noscript></header>
<div class="bench">
<div class="left">
<section class="find" aria-label="Search"><h2>Let the machine search</h2>
<label><span class="name">for</span><select id="property"></select></label>
<p class="buttons"><button type="button" id="find" class="main">Find the shortest way into the bug</button><button type="button" id="here" disabled>Find it from here</button><button type="button" id="stop" hidden>Stop</button></p>
<p id="verdict" role="status"></p></section>
<section class="settings" aria-label="The model"><details open><summary>The model <span id="set"></span></summary>
${model}
${scenarios.map((scenario, i) => settings(scenario, i === 0)).join('\n')}
</details></section>
</div>
<div class="middle">
<section class="next" aria-label="What can happen next"><h2>What can happen next</h2>
<ol id="choices"></ol>
<p class="buttons"><button type="button" id="back">Back</button><button type="button" id="forth">Forth</button><button type="button" id="start">To the start</button><button type="button" id="share">Copy link</button></p>
<p class="keys">${KEYS}</p></section>
<section class="score" aria-label="What has happened"><div class="head"><h2>What has happened</h2><label>count <select id="counter"></select></label></div>
<p id="said" role="status"></p>
<figure id="score" class="set"></figure></section>
<section class="graph" aria-label="The states"><h2>The states</h2><figure id="graph"></figure></section>
</div>
<div class="right">
<section aria-label="Who holds what"><h2>Who holds what</h2><div id="holders"></div></section>
<section aria-label="Properties"><h2>What must be true</h2><ul id="properties"></ul></section>
<section class="watch" aria-label="Your own question"><h2>Ask the state</h2>
<label class="asks"><span class="name">an expression</span><input id="watch" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="${escapeHtml(EXAMPLE)}"></label>
<ol id="watched" role="status"></ol></section>
<section aria-label="The state"><h2>The state</h2><div class="wide" tabindex="0"><table id="state"></table></div></section>
</div>
</div>
</main>`;
  return frame({
    file: exploreFile(name),
    title: `Explore: ${claimOf(reading)} – put-page`,
    description: 'Step through a model of the kernel by hand, and let the machine find the shortest way into the bug.',
    body,
    current: 'explore.html',
    scripts: ['explore.js'],
  });
}

/** The list of them. */
export function exploreIndex(all: readonly Explorable[]): SitePage {
  const card = ({ reading, scenarios }: Explorable): string =>
    `<li><span class="number" aria-hidden="true">${numberOf(reading.name)}</span><div><h2><a href="${exploreFile(reading.name)}">${escapeHtml(claimOf(reading))}</a></h2>
<ul class="models">${scenarios.map(s => `<li><code>${escapeHtml(s.name)}</code> ${escapeHtml(s.summary)}</li>`).join('')}</ul></div></li>`;
  const body = `<main id="main" class="home">
<h1>Explore</h1>
<p class="lead">Each story’s models, without a line of code. Pick a release and a kind of page, take the steps yourself in any order, or let the machine find the shortest way into the bug. The address of the page holds what you did, so you can send it to somebody.</p>
<ol class="cards">
${all.map(card).join('\n')}
</ol>
</main>`;
  return frame({
    file: 'explore.html',
    title: 'Explore – put-page',
    description: 'The models of put-page, to be stepped through by hand.',
    body,
    current: 'explore.html',
  });
}
