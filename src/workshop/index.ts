/** For instructors: the guide, the timetables, the answer key. */
export { answerKey, type Revealed, revealed, revealedIn } from './answer-key.js';
export { BEATS, type Beat } from './beats.js';
export { workshopGuide } from './guide.js';
export { clock, type Plan, planOf, plans } from './timetable.js';
