/** put-page export --format slides: what is on a slide, what only the speaker sees, and the tags. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Handout, notesPage, slidesPage } from '#src/handouts/index.js';
import type { NotebookCell } from '#src/jupyter/notebook/nbformat.js';
import { parseNotebook } from '#src/jupyter/notebook/validate.js';
import { projectRoot } from '#src/jupyter/project-root.js';
import { lessons } from '#src/stories/index.js';
import { BEATS, revealedIn } from '#src/workshop/index.js';

function handoutOf(name: string): Handout {
  const notebook = parseNotebook(readFileSync(path.join(projectRoot, 'notebooks', `${name}.ipynb`), 'utf8'), name);
  const lesson = lessons.find(one => one.notebook === name);
  return {
    name,
    notebook,
    lesson,
    glossary: new Map(),
    solutions: 'none',
    paper: false,
    answers: revealedIn(notebook),
  };
}

test('each notebook has slides and notes with the same numbers; no answer is on a slide', () => {
  for (const { notebook: name, predictions } of lessons) {
    const handout = handoutOf(name);
    const slides = slidesPage(handout);
    const notes = notesPage(
      handout,
      BEATS.find(beat => beat.notebook === name),
    );
    const count = slides.split('<section').length - 1;
    assert.ok(count > 6, `${name}: ${count} slides`);
    assert.equal(notes.split('<section').length - 1, count, name);
    assert.doesNotMatch(slides, /<script|<b>The answer<\/b>|The model says/, name);
    assert.match(notes, /<b>Say\.<\/b>/, name);
    for (const { question, lesson = '' } of predictions.filter(p => slides.includes(`>${p.question}<`))) {
      assert.ok(lesson === '' || !slides.includes(lesson), `${name}: ${question} is answered on a slide`);
    }
  }
  assert.match(notesPage(handoutOf('01-zone-device-leak'), undefined), /The model says <b>3<\/b>\. Each fault takes/);
});

const cell = (type: NotebookCell['cell_type'], source: string, tags: readonly string[] = []): NotebookCell => ({
  cell_type: type,
  id: source.slice(0, 6).replaceAll(/\W/g, '-'),
  metadata: tags.length > 0 ? { tags } : {},
  source,
  ...(type === 'code' ? { outputs: [], execution_count: null } : {}),
});

test('tags make a slide of a cell, and take one out; what is on no slide is the speaker’s', () => {
  const cells = [
    cell('markdown', '# A claim\n\nThe first paragraph.\n\nThe second one.'),
    cell('code', 'plain();'),
    cell('code', 'shown();', ['slide']),
    cell('markdown', '## Left out\n\nNot here.', ['no-slide']),
    cell('markdown', '## Read on\n\nFor later.'),
    cell('markdown', '## After\n\nNor this.'),
  ];
  const handout: Handout = {
    ...handoutOf('06-write-the-contract'),
    lesson: undefined,
    notebook: { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 },
  };
  const slides = slidesPage(handout);
  assert.equal(slides.split('<section').length - 1, 2);
  assert.match(slides, /The first paragraph\.[\s\S]*shown\(\);/);
  assert.doesNotMatch(slides, /second one|plain|Not here|For later|Nor this/);
  const notes = notesPage(handout, undefined);
  assert.match(notes, /The second one[\s\S]*plain\(\);[\s\S]*Not here/);
});
