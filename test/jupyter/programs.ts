/** Programs in TypeScript, made at random: what they print depends on everything that a kernel has to keep right. */
import fc from 'fast-check';

/** Statements of the top level, in order; cut anywhere between two of them it is still the same program. */
export interface Program {
  readonly statements: readonly string[];
  /** Indices of statements before which a cell begins. */
  readonly cuts: ReadonlySet<number>;
}

/** What the statements so far declare. */
interface Scope {
  readonly name: (kind: string) => string;
  readonly numbers: string[];
  readonly constants: string[];
  readonly lists: string[];
  readonly functions: string[];
  readonly objects: string[];
}

type Pick = (below: number) => number;
type Maker = (scope: Scope, pick: Pick) => string[];

const choose = <T>(items: readonly T[], pick: Pick): T | undefined => items[pick(items.length)];

function number(scope: Scope, pick: Pick, depth = 0): string {
  const known = [...scope.numbers, ...scope.constants];
  const leaf = choose(known, pick);
  const list = choose(scope.lists, pick);
  const call = choose(scope.functions, pick);
  const object = choose(scope.objects, pick);
  const kinds = [
    `${pick(20)}`,
    leaf ?? '3',
    list === undefined ? '5' : `${list}.length`,
    list === undefined ? '7' : `(${list}[${pick(3)}] ?? 1)`,
    call === undefined ? '2' : `${call}(${pick(5)})`,
    object === undefined ? '4' : `${object}.x`,
  ];
  if (depth > 1) return kinds[pick(kinds.length)] ?? '1';
  const [a, b] = [number(scope, pick, depth + 1), number(scope, pick, depth + 1)];
  return [
    ...kinds,
    `(${a} + ${b}) % 997`,
    `(${a} * ${b}) % 991`,
    `(${a} > ${b} ? ${a} : ${b})`,
    `((${a}) ^ ${b})`,
    `Math.abs(${a} - ${b})`,
  ][pick(kinds.length + 5)] as string;
}

/** Functions call only the first one: a chain of calls, each with several more, would take for ever. */
const inFunction = (scope: Scope): Scope => ({ ...scope, functions: scope.functions.slice(0, 1) });

function declare(
  scope: Scope,
  list: 'numbers' | 'constants' | 'lists' | 'functions' | 'objects',
  kind: string,
): string {
  const name = scope.name(kind);
  scope[list].push(name);
  return name;
}

const change: Maker = (scope, pick) => {
  const name = choose(scope.numbers, pick);
  if (name === undefined) return [];
  const value = number(scope, pick);
  const forms = [
    `${name} = ${value};`,
    `${name} += ${value};`,
    `${name}++;`,
    `${name} ||= ${value};`,
    `[${name}] = [${value}];`,
    `({ x: ${name} = 3 } = { x: ${value} } as any);`,
    `({ ${name} } = { ${name}: ${value} });`,
    `${name} = (${name} % 997) | 0;`,
  ];
  return [forms[pick(forms.length)] ?? ''];
};

const makers: readonly Maker[] = [
  (scope, pick) => {
    const value = number(scope, pick);
    return [`let ${declare(scope, 'numbers', 'n')}: any = ${value};`];
  },
  (scope, pick) => {
    const value = number(scope, pick);
    return [`const ${declare(scope, 'constants', 'c')}: any = ${value};`];
  },
  (scope, pick) => {
    const value = number(scope, pick);
    return [`var ${declare(scope, 'numbers', 'v')}: any = ${value};`];
  },
  (scope, pick) => {
    const values = [number(scope, pick), number(scope, pick)];
    return [`const ${declare(scope, 'lists', 'l')}: any[] = [${values.join(', ')}, ${pick(9)}];`];
  },
  (scope, pick) => {
    const value = number(scope, pick);
    const inner = choose(scope.numbers, pick);
    const more = inner === undefined ? '' : `, ${inner}, get y() { return ${inner}; }`;
    return [`const ${declare(scope, 'objects', 'o')}: any = { x: ${value}${more} };`];
  },
  (scope, pick) => {
    const [a, b] = [number(scope, pick), number(scope, pick)];
    const [first, second] = [declare(scope, 'numbers', 'a'), declare(scope, 'numbers', 'b')];
    return [`let { x: ${first}, y: [${second} = 6] }: any = { x: ${a}, y: [${b}] };`];
  },
  // Functions look at variables, and change them.
  (scope, pick) => {
    const body = number(inFunction(scope), pick);
    const written = change(inFunction(scope), pick).join(' ');
    return [`function ${declare(scope, 'functions', 'f')}(p: any): any { ${written} return (${body} + p) % 983; }`];
  },
  (scope, pick) => {
    const body = number(inFunction(scope), pick);
    return [`const ${declare(scope, 'functions', 'g')} = (p: any): any => (${body} + p) % 977;`];
  },
  (scope, pick) => {
    const body = number(scope, pick);
    const name = scope.name('K');
    const made = declare(scope, 'objects', 'k');
    const counted = `static made = ${pick(5)}; #p: any = ${body}; get x(): any { return this.#p + ${name}.made; }`;
    return [
      `class ${name} { ${counted} constructor() { ${name}.made++; } }`,
      `const ${made}: any = new ${name}();`,
      `console.log(${made}.x, ${name}.name);`,
    ];
  },
  (scope, pick) => {
    const name = scope.name('E');
    return [`enum ${name} { A = ${pick(4)}, B, C = 'c' }`, `console.log(${name}.B, ${name}[${pick(6)}], ${name}.C);`];
  },
  (scope, pick) => {
    const name = scope.name('gen');
    const body = number(scope, pick);
    return [`function* ${name}(): any { yield ${body}; yield* [1, 2]; }`, `console.log([...${name}()]);`];
  },
  change,
  change,
  // Loops, of each kind.
  (scope, pick) => [`for (let i = 0; i < ${3 + pick(200)}; i++) { ${change(scope, pick).join(' ')} }`],
  (scope, pick) => {
    // Made before the index is known: a loop that sets its own index may never end.
    const body = change(scope, pick).join(' ');
    const index = declare(scope, 'numbers', 'i');
    return [`for (var ${index}: any = 0; ${index} < ${2 + pick(5)}; ${index}++) { ${body} }`];
  },
  (scope, pick) => {
    const list = choose(scope.lists, pick);
    if (list === undefined) return [];
    const item = declare(scope, 'numbers', 'w');
    return [`for (var ${item} of [...${list}, 4] as any[]) ${change(scope, pick).join(' ') || ';'}`];
  },
  (scope, pick) => {
    const [name, limit] = [scope.name('outer'), 2 + pick(4)];
    const inner = `if (j > i) continue ${name}; if (i + j > 5) break ${name}; ${change(scope, pick).join(' ')}`;
    return [`${name}: for (let i = 0; i < ${limit}; i++) { for (let j = 0; j < 4; j++) { ${inner} } }`];
  },
  (scope, pick) => {
    const body = change(scope, pick).join(' ');
    const name = declare(scope, 'numbers', 'left');
    return [`let ${name}: any = ${1 + pick(90)};`, `while (${name} > 0) { ${name} -= 1; ${body} }`];
  },
  (scope, pick) => {
    const made = scope.name('fs');
    const body = number(scope, pick);
    const loop = `for (let i = 0; i < 3; i++) { ${made}.push(() => i + ${body}); }`;
    return [`const ${made}: any[] = [];`, loop, `console.log(${made}.map(f => f()));`];
  },
  // What awaits.
  (scope, pick) => {
    const value = number(scope, pick);
    return [`const ${declare(scope, 'constants', 'aw')}: any = (await Promise.resolve(${value})) + 1;`];
  },
  (scope, pick) => {
    const value = number(scope, pick);
    const total = choose(scope.numbers, pick);
    const body = total === undefined ? 'console.log(z);' : `${total} += z;`;
    return [`for await (const z of [Promise.resolve(${value}), ${pick(5)}]) { ${body} }`];
  },
  (scope, pick) => {
    const name = scope.name('later');
    const body = number(scope, pick);
    return [
      `async function ${name}(): Promise<any> { await null; ${change(scope, pick).join(' ')} return ${body}; }`,
      `console.log(await ${name}());`,
    ];
  },
  (scope, pick) => {
    const total = choose(scope.numbers, pick);
    const thrown = `throw new Error(String(${number(scope, pick)}));`;
    const after = total === undefined ? '' : `${total} += 1;`;
    return [
      `try { ${change(scope, pick).join(' ')} if (${number(scope, pick)} % 2) { ${thrown} } } catch (e: any) { console.log(e.message); } finally { ${after} }`,
    ];
  },
  (scope, pick) => {
    const total = choose(scope.numbers, pick);
    if (total === undefined) return [];
    const loop = `for (const d of [3, 2, 1, 0]) { ${total} += 10 / d; if (d === ${pick(3)}) throw d; }`;
    return [`try { ${loop} } catch (e) { console.log(e); }`, `${total} = (${total} | 0) % 997;`];
  },
  (scope, pick) => [
    `switch (${number(scope, pick)} % 3) { case 0: { ${change(scope, pick).join(' ')} break; } default: }`,
  ],
  (scope, pick) => [
    `if (${number(scope, pick)} % 2 === 0) { ${change(scope, pick).join(' ')} } else { let n = 1; n++; }`,
  ],
  (scope, pick) => [`console.log(${number(scope, pick)}, \`\${${number(scope, pick)}}\`);`],
  (scope, pick) => {
    const name = declare(scope, 'functions', 'h');
    return [`let ${name}: any;`, `${name} = (p: any) => p + ${pick(9)};`, `console.log(${name}.name);`];
  },
];

/** @param id makes the names of the program its own */
export function programs(id: number): fc.Arbitrary<Program> {
  const steps = fc.array(fc.nat(makers.length - 1), { minLength: 5, maxLength: 12 });
  const choices = fc.infiniteStream(fc.nat(0x7fffffff));
  return fc.tuple(steps, choices, fc.array(fc.nat(2), { minLength: 60, maxLength: 60 })).map(([kinds, stream, cut]) => {
    const pick: Pick = below => (below <= 0 ? 0 : (stream.next().value as number) % below);
    let count = 0;
    const scope: Scope = {
      name: kind => `${kind}${count++}_${id}`,
      numbers: [],
      constants: [],
      lists: [],
      functions: [],
      objects: [],
    };
    const statements = kinds.flatMap(kind => makers[kind]?.(scope, pick) ?? []);
    const state = [...scope.numbers, ...scope.constants, ...scope.lists.map(list => `${list}.length`)];
    statements.push(`console.log(${state.join(', ')});`);
    const cuts = new Set([...statements.keys()].filter(at => at > 0 && cut[at % cut.length] === 0));
    return { statements, cuts };
  });
}

export function cellsOf({ statements, cuts }: Program): string[] {
  const cells: string[][] = [[]];
  statements.forEach((statement, at) => {
    if (cuts.has(at)) cells.push([]);
    cells.at(-1)?.push(statement);
  });
  return cells.map(lines => lines.join('\n'));
}
