/** The lessons of this kit, as functions for cells. */

import { createDesk, type Desk } from '../desk/desk.js';
import { lessons } from './registry.js';

const desk: Desk = createDesk(lessons);

/** Places a bet on what the model will say; without one, says what can be bet on. */
export function predict(id: string, bet?: unknown): void {
  desk.predict(id, bet);
}

/** Sets the model's answer beside the bet. */
export function reveal(id: string, modelAnswer: unknown): void {
  desk.reveal(id, modelAnswer);
}

/** Tries an answer: says what holds or what it overlooks, and shows the run. Never throws. */
export function check(id: string, answer?: unknown): void {
  desk.check(id, answer);
}

/** The next of three hints: a question, a pointer, nearly the answer. Without an id: about the exercise that was tried last. */
export function hint(id?: string): void {
  desk.hint(id);
}

/** One possible answer; opens when yours holds, or after three hints. Without an id: of the exercise that was tried last. */
export function solution(id?: string): void {
  desk.solution(id);
}

/** A table of all exercises and how far they are done. */
export function progress(): void {
  desk.progress();
}

/** What was solved in all notebooks, as a picture to keep: without a name and a date, and on this machine only. */
export function certificate(): void {
  desk.certificate();
}
