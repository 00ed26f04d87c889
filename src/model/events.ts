/** The events of a run, found in its states, bookings and properties: what every model has, and what the model declares with `told`. */
import { canWake, waitsOn } from './asleep.js';
import { ask } from './interpret.js';
import { type EventMark, MARKS, type MarkName, seenAt, type When } from './telling.js';
import type { Trace } from './trace.js';

interface Declared {
  readonly when: When;
  readonly look: Omit<EventMark, 'step' | 'detail'>;
}

/** Every mark of a run, step by step; several at one step are possible. `broken` is only said where nothing else says why. */
export function eventsOf(trace: Trace): readonly EventMark[] {
  let found = known.get(trace);
  if (found === undefined) {
    found = find(trace);
    known.set(trace, found);
  }
  return found;
}

/** A run is asked again and again while it is drawn; it never changes. */
const known = new WeakMap<Trace, readonly EventMark[]>();

function find(trace: Trace): readonly EventMark[] {
  const declared = declaredIn(trace);
  const idle: readonly string[] = trace.machine.model.telling?.idle ?? [];
  const named = new Set(declared.flatMap(d => (typeof d.when === 'string' ? [d.when] : [])));
  const falls = fallsOf(trace);
  return trace.steps.flatMap((s, i): readonly EventMark[] => {
    const step = i + 1;
    const found: EventMark[] = [];
    const add = (look: Declared['look'], detail = ''): void => {
      if (!found.some(m => m.word === look.word)) found.push({ ...look, step, detail });
    };
    const mark = (name: MarkName, detail = ''): void => add({ name, ...MARKS[name] }, detail);
    const seen = seenAt(trace, i);
    const over = overdrawn(trace, i);
    for (const d of declared) {
      // Who puts too often breaks the balance as well, but loses nothing.
      if (d.look.name === 'lost' && overdraft(trace, i) && keptBy(trace, i) === '') continue;
      const said = typeof d.when === 'string' ? falls[i]?.includes(d.when) : d.when(seen);
      if (said === true || (typeof said === 'string' && said !== '')) add(d.look, said === true ? '' : said);
    }
    for (const holder of over) mark('overdraft', holder);
    if (s.waited && !idle.includes(s.step)) {
      const on = waiting(trace, i);
      if (i === trace.steps.length - 1 && on.ever === 'no')
        mark('never ends', on.what === '' ? '' : `waits ${on.what}`);
      else mark('asleep', on.what);
    }
    if (!found.some(m => m.tone === 'bad')) {
      const fell = (falls[i] ?? []).filter(name => !named.has(name));
      const kept = fell.length === 0 ? '' : keptBy(trace, i);
      if (kept !== '') mark('lost', kept);
      else for (const name of fell) mark('broken', name);
    }
    return found;
  });
}

function declaredIn(trace: Trace): readonly Declared[] {
  const { marks = {}, events = [] } = trace.machine.model.telling ?? {};
  return [
    ...(Object.entries(marks) as [MarkName, When | readonly When[]][]).flatMap(([name, whens]) =>
      (Array.isArray(whens) ? (whens as readonly When[]) : [whens as When]).map(when => ({
        when,
        look: { name, ...MARKS[name] },
      })),
    ),
    ...events.map(({ when, ...look }) => ({ when, look: { name: 'own' as const, ...look } })),
  ];
}

/** For each step the `always` properties that it makes false, for one element more than before. */
function fallsOf(trace: Trace): readonly (readonly string[])[] {
  const { machine } = trace;
  const asked = machine.model.properties
    .filter(p => p.kind === 'always')
    .flatMap(p => {
      const n = p.per === undefined ? 1 : (machine.model.declaration.sorts[p.per] ?? 0);
      return Array.from({ length: n }, (_, id) => ({ p, id }));
    });
  const at = (state: readonly number[]): readonly boolean[] => asked.map(({ p, id }) => ask(machine, state, p, id));
  let before = at(trace.initial);
  return trace.steps.map(s => {
    const now = s.waited ? before : at(s.state);
    const fell = asked.flatMap(({ p }, k) => (before[k] === true && now[k] === false ? [p.name] : []));
    before = now;
    return [...new Set(fell)];
  });
}

/** Whose holding a step takes below zero, and lower than ever before: a debt that comes back is no new one. */
function overdrawn(trace: Trace, i: number): readonly string[] {
  const now = trace.steps[i]?.state ?? trace.initial;
  const earlier = [trace.initial, ...trace.steps.slice(0, i).map(s => s.state)];
  return trace.machine.layout.counts.flatMap(c =>
    c.parts
      .filter(({ slot: { index } }) => (now[index] ?? 0) < Math.min(0, ...earlier.map(state => state[index] ?? 0)))
      .map(p => `${p.holder} holds nothing`),
  );
}

/** Has somebody put what they did not hold, in this step or before? */
function overdraft(trace: Trace, i: number): boolean {
  const now = trace.steps[i]?.state ?? trace.initial;
  return trace.machine.layout.counts.some(c => c.parts.some(({ slot: { index } }) => (now[index] ?? 0) < 0));
}

/** What a process took and still holds after its last step: nobody is left who would put it. '' where it goes on, or holds nothing. */
function keptBy(trace: Trace, i: number): string {
  const last = trace.steps[i];
  if (last === undefined || last.next !== 'done') return '';
  const took = new Map<string, number>();
  for (const { process, bookings } of trace.steps.slice(0, i + 1))
    if (process === last.process)
      for (const b of bookings)
        took.set(`${b.count} ${b.holder}`, (took.get(`${b.count} ${b.holder}`) ?? 0) + b.change);
  return trace.machine.layout.counts
    .flatMap(c =>
      c.parts.flatMap(({ holder, slot }) => {
        const holds = last.state[slot.index] ?? 0;
        return holds > 0 && (took.get(`${c.path} ${holder}`) ?? 0) > 0 ? [`${holder} still holds ${holds}`] : [];
      }),
    )
    .join(', ');
}

function waiting(trace: Trace, i: number): { readonly what: string; readonly ever: 'yes' | 'no' | 'perhaps' } {
  const { machine } = trace;
  const s = trace.steps[i];
  const p = machine.layout.instances.find(one => one.name === s?.process);
  if (s === undefined || p === undefined) return { what: '', ever: 'perhaps' };
  const on = waitsOn(machine, s.state, p);
  return { what: on === undefined ? '' : `on ${on}`, ever: canWake(machine, s.state, p) };
}
