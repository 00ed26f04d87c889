/** For instructors: the guide, the timetables, the answer key, what a room did. */
export { answerKey, type Revealed, revealed, revealedIn } from './answer-key.js';
export { BEATS, type Beat } from './beats.js';
export { type ClassResult, classResult, EXPORT_MARK, exportOf, type Handed, readExport } from './class.js';
export { roomPart, workshopGuide } from './guide.js';
export { clock, type Plan, planOf, plans } from './timetable.js';
