/** What a step did, as a reader would say it: its declared phrase, or what it did to counts and to fields that are no locals. */
import { calledStep, phraseAt, type Trace, type TraceStep, type Value } from '../../model/index.js';
import { number } from '../text.js';

/** Facts in a phrase that was not declared. */
const MOST = 2;

const word = (v: Value): string => (typeof v === 'number' ? number(v) : v === null ? 'none' : String(v));
/** `page[0].spte` for `page[0].spte`, `mmu_lock` for `kvm.mmu_lock`: an element keeps its name, a group does not. */
const short = (path: string): string => (/\]\./.test(path) ? path : path.slice(path.lastIndexOf('.') + 1));

/** References that a step takes and gives back: a booking counts holdings, a reader sees their weight. */
export function bookingsInWords(trace: Trace, s: TraceStep): readonly string[] {
  const weight = (count: string, holder: string): number =>
    trace.machine.layout.counts.find(c => c.path === count)?.parts.find(p => p.holder === holder)?.weight ?? 1;
  return s.bookings.map(b => {
    const change = b.change * weight(b.count, b.holder);
    return `${b.holder} ${b.change > 0 ? 'takes' : 'gives back'} ${short(b.count)}: ${number(b.after - change)} → ${number(b.after)}`;
  });
}

/** What changed beside counts and the process's own variables, a fact each. */
export function fieldsInWords(trace: Trace, s: TraceStep): readonly string[] {
  const { slots, counts } = trace.machine.layout;
  const kind = new Map(slots.map(slot => [slot.path, slot.kind]));
  const own = new Set(trace.machine.layout.instances.flatMap(p => p.locals.map(l => l.path)));
  const counted = new Set(counts.map(c => c.path));
  return s.changes
    .filter(c => !own.has(c.path) && !counted.has(c.path))
    .map(c => {
      const name = short(c.path);
      switch (kind.get(c.path)) {
        case 'lock':
          return c.to === true ? `takes ${name}` : `lets go of ${name}`;
        case 'bool':
          return c.to === true ? `${name} is set` : `${name} is cleared`;
        case 'pointer':
          return c.to === null ? `${name} is cleared` : `${name} is ${word(c.to)}`;
        case 'enum':
          return `${name} is ${word(c.to)}`;
        default:
          return `${name}: ${word(c.from)} → ${word(c.to)}`;
      }
    });
}

/** Every fact of a step, the locals too: for the hover and the table. */
export function everyFact(trace: Trace, s: TraceStep): readonly string[] {
  const own = new Set(trace.machine.layout.instances.flatMap(p => p.locals.map(l => l.path)));
  const locals = s.changes.filter(c => own.has(c.path)).map(c => `${c.path}: ${word(c.from)} → ${word(c.to)}`);
  return [...bookingsInWords(trace, s), ...fieldsInWords(trace, s), ...locals];
}

/** The phrase of step `at` (0 is the first); '' where there is nothing to say beyond its name. */
export function phraseOf(trace: Trace, at: number): string {
  const s = trace.steps[at];
  if (s === undefined) return '';
  const declared = phraseAt(trace, at);
  if (declared !== undefined) return declared;
  if (s.waited) return 'waits';
  const facts = [...bookingsInWords(trace, s), ...fieldsInWords(trace, s)];
  if (facts.length > 0) return `${facts.slice(0, MOST).join('; ')}${facts.length > MOST ? ' …' : ''}`;
  const labels = trace.machine.layout.instances.find(p => p.name === s.process)?.labels ?? [];
  const back = labels.indexOf(s.next) <= labels.indexOf(s.step);
  return back
    ? s.next === labels[0]
      ? 'back to the start'
      : `back to ${calledStep(trace.machine.model, s.next)}`
    : '';
}
