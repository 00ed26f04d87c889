/**
 * Loops of the top level, made as fast as in a function. A loop gets copies of the variables that it uses, as locals,
 * and writes them back when it ends, however it ends. Only variables that no function in any cell uses are copied, and
 * no loop that awaits: so nobody else can look at them, or change them, while it runs. No guess about what a call might
 * do is needed.
 *
 * An interrupt ends a loop without its `finally`, so the copies are also written back as the loop goes: in each round
 * if the round calls something, else in every 64th. What one sees then is a round's beginning, of all variables at once.
 */
import type * as TS from '@tslab/typescript-for-tslab';
import { closureAround, namesIn, type TypeScript } from './cell-scopes.js';
import type { EditedText } from './edited-text.js';

const roundsMask = 63;

interface Internal {
  isAssignmentTarget(node: TS.Node): boolean;
}

interface Region {
  readonly node: TS.Node;
  /** Used in the loop. */
  readonly names: ReadonlySet<string>;
  /** Of these, the ones that it changes. */
  readonly written: readonly string[];
}

export interface CopyRules {
  /** Whether this use is one of a variable that may be copied. */
  isCopied(node: TS.Identifier): boolean;
}

export class LoopCopies {
  readonly #ts: TypeScript;
  readonly #out: EditedText;
  readonly #rules: CopyRules;
  #region: Region | undefined;

  constructor(ts: TypeScript, out: EditedText, rules: CopyRules) {
    this.#ts = ts;
    this.#out = out;
    this.#rules = rules;
  }

  /** Whether `name` is a copy at the place that is being written. */
  has(name: string): boolean {
    return this.#region?.names.has(name) === true;
  }

  /** Before a node is written. Gives the variables whose boxes are now needed. */
  enter(node: TS.Node): readonly string[] {
    const opened = this.#region === undefined ? this.#open(node) : undefined;
    if (opened !== undefined) {
      this.#region = opened;
      return [...opened.names];
    }
    return [];
  }

  /** At the beginning of a loop's body, which is then a block: what each round does first. */
  round(body: TS.Statement): string {
    const written = this.#region?.written ?? [];
    if (written.length === 0 || closureAround(this.#ts, body) !== undefined) return '';
    const back = this.#back(written);
    return this.#calls(body) ? `${back} ` : `if ((c·· = c·· + 1 & ${roundsMask}) === 0) { ${back} } `;
  }

  /** After a node was written. */
  leave(node: TS.Node): void {
    if (this.#region?.node !== node) return;
    const { written } = this.#region;
    this.#out.insert(node.end, written.length > 0 ? ` } finally { ${this.#back(written)} } }` : ' }');
    this.#region = undefined;
  }

  #back(written: readonly string[]): string {
    return written.map(name => `${name}·.v = ${name};`).join(' ');
  }

  #open(node: TS.Node): Region | undefined {
    const ts = this.#ts;
    let loop = node;
    while (ts.isLabeledStatement(loop)) loop = loop.statement;
    if (!ts.isIterationStatement(loop, false) || closureAround(ts, node) !== undefined || this.#awaits(node))
      return undefined;
    const names = new Set<string>();
    const written = new Set<string>();
    const declared = new Set<string>();
    this.#walk(node, at => {
      if (ts.isVariableDeclaration(at) && this.#isVar(at)) for (const name of namesIn(ts, at.name)) declared.add(name);
      if (!ts.isIdentifier(at) || !this.#rules.isCopied(at)) return;
      names.add(at.text);
      if ((ts as unknown as Internal).isAssignmentTarget(at)) written.add(at.text);
    });
    if (names.size === 0) return undefined;
    for (const name of declared) if (names.has(name)) written.add(name);
    this.#write(node, names, declared, written.size > 0);
    return { node, names, written: [...written] };
  }

  /** A `var` of the loop is a local of the cell already; the others get a `let` around the loop. */
  #write(node: TS.Node, names: ReadonlySet<string>, declared: ReadonlySet<string>, writes: boolean): void {
    const copies = [...names].filter(name => !declared.has(name)).map(name => `${name} = ${name}·.v`);
    if (writes) copies.push('c·· = 0');
    const renewed = [...names].filter(name => declared.has(name)).map(name => `${name} = ${name}·.v; `);
    const lets = copies.length > 0 ? `let ${copies.join(', ')}; ` : '';
    this.#out.insert(node.getStart(), `{ ${lets}${renewed.join('')}${writes ? 'try { ' : ''}`);
  }

  #isVar(node: TS.VariableDeclaration): boolean {
    return (
      (node.parent.flags & this.#ts.NodeFlags.BlockScoped) === 0 && this.#ts.isVariableDeclarationList(node.parent)
    );
  }

  #walk(node: TS.Node, look: (at: TS.Node) => void): void {
    look(node);
    this.#ts.forEachChild(node, child => this.#walk(child, look));
  }

  #some(node: TS.Node, is: (at: TS.Node) => boolean): boolean {
    return is(node) || this.#ts.forEachChild(node, child => this.#some(child, is) || undefined) === true;
  }

  #awaits(node: TS.Node): boolean {
    const ts = this.#ts;
    return this.#some(
      node,
      at =>
        (ts.isAwaitExpression(at) || (ts.isForOfStatement(at) && at.awaitModifier !== undefined)) &&
        closureAround(ts, at) === undefined,
    );
  }

  #calls(node: TS.Node): boolean {
    const ts = this.#ts;
    return this.#some(
      node,
      at => ts.isCallExpression(at) || ts.isNewExpression(at) || ts.isTaggedTemplateExpression(at),
    );
  }
}
