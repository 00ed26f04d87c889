/** The instructor's page, the timetables and the answer key follow from the lessons. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';
import { lessons } from '#src/stories/index.js';
import { answerKey, BEATS, planOf, plans, revealed, roomPart, workshopGuide } from '#src/workshop/index.js';

const source = (name: string): string => readFileSync(path.join(projectRoot, 'notebooks', `${name}.ts`), 'utf8');
const sources = new Map(lessons.map(({ notebook }) => [notebook, source(notebook)]));

test('what is to be left out when late is in the part for the room: else it saves nothing', () => {
  for (const { notebook, cut } of BEATS) {
    const room = roomPart(source(notebook));
    assert.ok(room.length < source(notebook).length || notebook.startsWith('06'), `${notebook} has no "Read on"`);
    const exercises = [...cut.matchAll(/\bexercise (\d)/g)].map(match => `## Exercise ${match[1]}`);
    const headings = [...cut.matchAll(/“(.+?)”/g)].map(match => `## ${match[1]}`);
    assert.ok(exercises.length > 0, cut);
    for (const heading of [...exercises, ...headings]) assert.ok(room.includes(heading), `${notebook}: ${heading}`);
  }
});

test('docs/workshop.md is what the lessons say now; npm run docs writes it', () => {
  assert.equal(readFileSync(path.join(projectRoot, 'docs/workshop.md'), 'utf8'), workshopGuide(sources));
});

test('each notebook has its beat, and no beat is of a notebook that is gone', () => {
  assert.deepEqual(
    BEATS.map(b => b.notebook),
    lessons.map(l => l.notebook),
  );
});

test('a timetable adds up to what it promises, with time left for the end', () => {
  for (const { title, minutes, slots } of plans()) {
    assert.equal(
      slots.reduce((n, s) => n + s.minutes, 0),
      minutes,
      title,
    );
    slots.slice(1).forEach((slot, i) => {
      assert.equal(slot.from, (slots[i]?.from ?? 0) + (slots[i]?.minutes ?? 0), `${title}: ${slot.what}`);
    });
  }
  assert.deepEqual(
    plans().map(p => p.minutes),
    [90, 240, 420],
  );
});

test('a plan that does not fit, or names no notebook, is refused', () => {
  assert.throws(() => planOf('too much', 60, ['00', ['a lecture', 60]]), /85 of 60 minutes are planned/);
  assert.throws(() => planOf('what', 60, ['09']), /no notebook begins with 09/);
});

test('the answer key has every bet that a notebook reveals, and every solution', () => {
  const text = '| question | your bet | the model |\n|---|---|---|\n| How many? | no bet | 3 |';
  assert.deepEqual([...revealed([text])], [['How many?', '3']]);
  const [lesson] = lessons;
  assert.ok(lesson !== undefined);
  assert.match(answerKey(lesson, new Map()), /\(not revealed in the notebook\)/);
  const cli = path.join(projectRoot, 'dist/cli.js');
  const all = spawnSync(process.execPath, [cli, 'answers'], { encoding: 'utf8' });
  assert.equal(all.status, 0, all.stderr);
  assert.doesNotMatch(all.stdout, /not revealed in the notebook/);
  for (const { exercises } of lessons) for (const { id } of exercises) assert.ok(all.stdout.includes(`\`${id}\``), id);
  const none = spawnSync(process.execPath, [cli, 'answers', '09'], { encoding: 'utf8' });
  assert.equal(none.status, 3);
  assert.match(none.stderr, /no notebook is called '09'; expected one of 00, 01/);
});
