/** A thread that had no turn is not ended for it; one that runs on is. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { heldUp, mainThreadCpuMs } from '#src/jupyter/kernel/held-up.js';

/** Each look takes 20 ms, in which the thread uses `share` of the processor; it answers after `answers` ms of its own. */
function thread(share: number, answers = Number.POSITIVE_INFINITY, until = Number.POSITIVE_INFINITY) {
  const clock = { now: 0, cpu: 0 };
  const watched = {
    answered: () => {
      clock.now += 20;
      clock.cpu += 20 * share;
      return clock.cpu >= answers;
    },
    asked: () => clock.now < until,
    cpuMs: () => clock.cpu,
    now: () => clock.now,
  };
  return { clock, watched };
}

test('a loop is held up after its patience, a starved one later, one that answers never', () => {
  const loop = thread(1);
  assert.equal(heldUp(loop.watched, 200), true);
  assert.equal(loop.clock.now, 200);
  const starved = thread(0.25);
  assert.equal(heldUp(starved.watched, 200), true);
  assert.equal(starved.clock.now, 800);
  // It would answer at once, but gets a hundredth of the processor: a second goes by, and nothing is ended.
  const waiting = thread(0.01, 9.9);
  assert.equal(heldUp(waiting.watched, 200), false);
  assert.equal(waiting.clock.now, 1000);
});

test('a wait that uses no processor is held up in the end; a question that nobody asks any more is dropped', () => {
  const asleep = thread(0);
  assert.equal(heldUp(asleep.watched, 200), true);
  assert.equal(asleep.clock.now, 2000);
  assert.equal(heldUp(thread(1, undefined, 100).watched, 200), false);
});

test('the processor time of the first thread grows with what it does', () => {
  const before = mainThreadCpuMs();
  let n = 0;
  while (mainThreadCpuMs() - before < 50) n++;
  assert.ok(n > 0);
});
