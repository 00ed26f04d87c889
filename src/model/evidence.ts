/**
 * What a result rests on: each rule of a release that was read off the table while it was made, with how well it is known. The kernel's
 * rules write down that they are asked; who shows something collects what was asked for it. Nobody has to say it by hand.
 */

/** recorded: a real kernel did it (data/recordings); read: in source or a mail; inferred: follows from what was read. */
export type Evidence = 'recorded' | 'read' | 'inferred';

/** Weakest first: what rests on several things is known as well as the weakest of them. */
export const LEVELS = ['inferred', 'read', 'recorded'] as const satisfies readonly Evidence[];

/** One rule that something rests on. */
export interface Ground {
  /** `kvm_owns_page` */
  readonly behaviour: string;
  /** The same in a few words, where it is inferred: `what KVM puts`. */
  readonly about?: string;
  /** Of this release it was asked. */
  readonly release: string;
  readonly value: string;
  /** The release with which the rule begins. */
  readonly from: string;
  /** How well the rule is known, and how well the release in `from`. */
  readonly evidence: Evidence;
  readonly from_evidence: Evidence;
  /** The weakest of the two, and of their being in this release: a stable release may have had a backport. */
  readonly level: Evidence;
}

/** The release of a model, where the model was made of its rules. */
export interface KnownRelease {
  readonly tag: string;
  /** The rules that it was asked for until now. */
  grounds(): readonly Ground[];
}

/** The weakest level of these rules; null where there are none. */
export function weakestOf(grounds: readonly Ground[]): Evidence | null {
  return LEVELS.find(l => grounds.some(g => g.level === l)) ?? null;
}

/** A list of rules, each once. */
export class Grounds {
  readonly #found = new Map<string, Ground>();

  add(ground: Ground): void {
    this.#found.set(`${ground.behaviour} ${ground.release}`, ground);
  }

  /** By name and release: not in the order in which they were asked, which is the engine's. */
  get all(): readonly Ground[] {
    return [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ground]) => ground);
  }
}

/** Who collects at the moment: the innermost last. */
const open: Grounds[] = [];

/** What a cell of a notebook has asked for; nobody collects for a program that is not one. */
let cell: Grounds | undefined;

/** Which rules the notes that stand in the cell already have named. */
let named = new Grounds();
/** Of which rules a line speaks, by the line. */
const spokenOf = new Map<string, readonly Ground[]>();

/** A cell begins: whatever it shows may rest on all that is asked for from now on, and on `before`. */
export function collectAnew(before: readonly Ground[] = []): void {
  cell = new Grounds();
  named = new Grounds();
  for (const ground of before) cell.add(ground);
}

/** The cells are over. */
export function collectNoMore(): void {
  cell = undefined;
}

/** Writes down that these rules were asked, for everybody who collects. */
export function restOn(grounds: readonly Ground[]): void {
  for (const ground of grounds) cell?.add(ground);
  for (const collector of open) for (const ground of grounds) collector.add(ground);
}

/** Does `make`, and collects every rule that is asked meanwhile. Errors: what `make` throws. */
export function collected<T>(make: () => T): { readonly made: T; readonly grounds: readonly Ground[] } {
  const collector = new Grounds();
  open.push(collector);
  try {
    return { made: make(), grounds: collector.all };
  } finally {
    open.splice(open.lastIndexOf(collector), 1);
  }
}

/** What the innermost collector has until now, or else the cell; nothing where nobody collects. */
export function groundsSoFar(): readonly Ground[] {
  return (open.at(-1) ?? cell)?.all ?? [];
}

const byName = (a: Ground, b: Ground) => (`${a.behaviour} ${a.from}` < `${b.behaviour} ${b.from}` ? -1 : 1);

const inWords = (g: Ground): string => g.about ?? g.behaviour;

/**
 * What of these rules is only inferred, in words: `inferred: where a rule begins (how device pages are counted: 4.12-rc1); that 6.12.117 has
 * mainline’s rule (what KVM puts, what kvm_vcpu_map() holds)`. '' where everything was read or recorded.
 */
export function inferredOf(grounds: readonly Ground[]): string {
  const weak = grounds.filter(g => g.level === 'inferred');
  if (weak.length === 0) return '';
  const own = weak.filter(g => g.evidence === 'inferred' || g.from_evidence === 'inferred');
  const stable = weak.filter(g => !own.includes(g));
  const releases = [...new Set(stable.map(g => g.release))].sort();
  const starts = (of: readonly Ground[]): string => {
    const sorted = [...of].sort(byName);
    return [...new Set(sorted.map(inWords))]
      .map(words => {
        const from = sorted.filter(g => inWords(g) === words).map(g => g.from);
        return `${words}: ${[...new Set(from)].join(' and ')}`;
      })
      .join(', ');
  };
  const begins = starts(own.filter(g => g.evidence !== 'inferred'));
  const itself = starts(own.filter(g => g.evidence === 'inferred'));
  const holds = releases.map(release => {
    const names = stable.filter(g => g.release === release).map(inWords);
    return `that ${release} has mainline’s rule (${[...new Set(names)].sort().join(', ')})`;
  });
  const parts = [
    begins === '' ? '' : `where a rule begins (${begins})`,
    itself === '' ? '' : `a rule itself (${itself})`,
    ...holds,
  ];
  return `inferred: ${parts.filter(part => part !== '').join('; ')}`;
}

/** The quiet mark of what rests on something inferred. */
export const STAR = ' *';
/** What the star means, where each cell has its own. */
export const STAR_SAYS = '*: rests on something inferred';

/** The line of a whole picture: `* inferred: …`; '' where nothing is inferred. */
export function starLine(grounds: readonly Ground[]): string {
  const inferred = inferredOf(grounds);
  const line = inferred === '' ? '' : `* ${inferred}`;
  if (line !== '') spokenOf.set(line, grounds);
  return line;
}

/** A line of `starLine` stands in the cell from now on. */
export function noted(line: string): void {
  for (const ground of spokenOf.get(line) ?? []) named.add(ground);
}

/** The line of all that was asked for; '' where the lines that stand in the cell have named every rule of it. */
export function starLineOfNew(): string {
  const grounds = groundsSoFar();
  const known = new Set(named.all.map(g => `${g.behaviour} ${g.release}`));
  const inferred = grounds.filter(g => g.level === 'inferred');
  return inferred.every(g => known.has(`${g.behaviour} ${g.release}`)) ? '' : starLine(grounds);
}

/** The same in as few words as possible, for a narrow picture. */
export function shortStarLine(grounds: readonly Ground[]): string {
  const names = [...new Set(grounds.filter(g => g.level === 'inferred').map(inWords))];
  return names.length === 0 ? '' : `* inferred: ${names.join(', ')}`;
}
