/**
 * The last step before a cell runs: from the ES module that TypeScript makes of it to the body of a function. Lines stay
 * where they are.
 *
 * A variable `n` of the top level lives in a box (cell-variables.ts) that the code knows as `n·`; the dot is a letter that
 * nobody types. Declarations stay as they are, so that functions and classes get their names, and copy into the box;
 * everything else reads and writes `n·.v`. `k··` is what the kernel hands in (`CellHelpers`).
 */
import type * as TS from '@tslab/typescript-for-tslab';
import { TopLevelNames, type Use } from './cell-names.js';
import { bind, closureAround, type TypeScript } from './cell-scopes.js';
import { EditedText } from './edited-text.js';
import { LoopCopies } from './loop-copies.js';

/** What compiled cells call by `k··`. */
export interface CellHelpers {
  /** The cell runs. */
  begin(): void;
  box(name: string): unknown;
  /** The value of the last expression. */
  last(value: unknown): void;
  /** Called with what a top-level `await` gave: throws when the cell was interrupted meanwhile. */
  resumed<T>(value: T): T;
  /** `import(…)`. */
  load(require: NodeJS.Require): (name: unknown) => Promise<unknown>;
  /** What `name` of a required module is; `*` is all of it. */
  imported(module: unknown, name: string): unknown;
  readonly meta: object;
}

/** The symbol (`Symbol.for`) under which a cell finds its helpers when it starts. */
export const helpersKey = 'put-page.cell';

export interface CellCode {
  readonly text: string;
  readonly asynchronous: boolean;
  /** Names of variables that functions in this cell use. */
  readonly captured: readonly string[];
  readonly original: (place: { line: number; column: number }) => { line: number; column: number };
}

export interface Known {
  /** Variables of earlier cells. */
  readonly earlier: ReadonlySet<string>;
  /** Those that functions of earlier cells use. */
  readonly captured: ReadonlySet<string>;
}

/** Compiled text in the reader's own words: in an error ("f·.v is not a function"), or when a function is printed. */
export function readerText(text: string): string {
  if (!text.includes('·')) return text;
  const name = '([\\p{ID_Continue}$]+)';
  return text
    .replaceAll(/\(0 ?, (.*?\.v)\)/gu, '$1')
    .replaceAll(new RegExp(`\\(${name} ?, \\1·\\)\\.v\\b`, 'gu'), '$1')
    .replaceAll(new RegExp(`${name}·\\.v\\b`, 'gu'), '$1');
}

const boxed = (name: string): string => `${name}·.v`;

class CellWriter {
  readonly #ts: TypeScript;
  readonly #file: TS.SourceFile;
  readonly #names: TopLevelNames;
  readonly #out: EditedText;
  readonly #used = new Set<string>();
  readonly #copies: LoopCopies;
  readonly #forgotten = new Set<string>();
  #lastExpression: TS.Node | undefined;
  #first = '';
  #asynchronous = false;
  #imports = 0;
  #statementSeen = false;

  constructor(ts: TypeScript, text: string, known: Known) {
    this.#ts = ts;
    this.#file = bind(ts, text);
    this.#names = new TopLevelNames(ts, this.#file, known.earlier);
    this.#out = new EditedText(text);
    this.#copies = new LoopCopies(ts, this.#out, {
      isCopied: node => {
        const use = this.#names.use(node);
        return use !== undefined && !this.#names.captured.has(node.text) && !known.captured.has(node.text);
      },
    });
  }

  finish(): CellCode {
    this.#markLast();
    for (const statement of this.#file.statements) this.#visit(statement);
    const boxes = [...this.#used].map(name => `${name}· = k··.box(${JSON.stringify(name)})`);
    const helpers = `const k·· = globalThis[Symbol.for(${JSON.stringify(helpersKey)})]; k··.begin(); `;
    const head = boxes.length > 0 ? `const ${boxes.join(', ')}; ` : '';
    const { text, original } = this.#out.finish();
    return {
      text: `"use strict"; ${helpers}${head}${this.#first}\n${text}`,
      asynchronous: this.#asynchronous,
      captured: [...this.#names.captured],
      original,
    };
  }

  #markLast(): void {
    const last = this.#file.statements.findLast(statement => !this.#ts.isExportDeclaration(statement));
    if (last !== undefined && this.#ts.isExpressionStatement(last)) this.#lastExpression = last.expression;
  }

  #box(name: string): string {
    this.#used.add(name);
    return boxed(name);
  }

  #start(node: TS.Node): number {
    return node.getStart(this.#file);
  }

  #visit(node: TS.Node): void {
    const ts = this.#ts;
    const isLast = node === this.#lastExpression;
    if (isLast) this.#out.insert(this.#start(node), 'k··.last((');
    for (const name of this.#copies.enter(node)) this.#box(name);
    const round =
      ts.isIterationStatement(node.parent, false) && node.parent.statement === node ? this.#round(node.parent) : '';
    if (round !== '') this.#out.insert(this.#start(node), `{ ${round}`);
    this.#node(node);
    if (round !== '') this.#out.insert(node.end, ' }');
    if (ts.isSourceFile(node.parent) && !ts.isImportDeclaration(node)) this.#statementSeen = true;
    this.#copies.leave(node);
    if (isLast) this.#out.insert(node.end, '))');
  }

  #children(node: TS.Node): void {
    this.#ts.forEachChild(node, child => this.#visit(child));
  }

  #node(node: TS.Node): void {
    const ts = this.#ts;
    if (this.#special(node)) return;
    const name = this.#names.topLevelName(node);
    if (name !== undefined && ts.isFunctionDeclaration(node)) this.#first += `${this.#box(name)} = ${name}; `;
    this.#children(node);
    if (ts.isVariableDeclaration(node)) this.#declaration(node);
    if (name !== undefined && ts.isClassDeclaration(node)) this.#out.insert(node.end, ` ${this.#box(name)} = ${name};`);
  }

  /** Writes what is not just its children; false for the rest. */
  #special(node: TS.Node): boolean {
    const ts = this.#ts;
    const [out, start] = [this.#out, this.#start(node)];
    if (ts.isIdentifier(node)) this.#identifier(node);
    else if (ts.isImportDeclaration(node)) this.#import(node);
    else if (ts.isExportDeclaration(node)) out.blank(start, node.end);
    else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      out.replace(start, node.end, 'k··.meta');
    else if (node.kind === ts.SyntaxKind.ImportKeyword) out.replace(start, node.end, 'k··.load(require)');
    else if (ts.isAwaitExpression(node) && closureAround(ts, node) === undefined) this.#await(node);
    else if (this.#namesFunction(node)) this.#namedAssignment(node as TS.BinaryExpression);
    else return false;
    return true;
  }

  #await(node: TS.AwaitExpression): void {
    this.#asynchronous = true;
    this.#out.insert(this.#start(node), 'k··.resumed(');
    this.#children(node);
    this.#out.insert(node.end, ')');
  }

  #identifier(node: TS.Identifier): void {
    const use = this.#names.use(node);
    if (use === undefined || this.#copies.has(node.text)) return;
    const ts = this.#ts;
    const text = this.#variable(use);
    if (text === undefined) return;
    let outer: TS.Node = node;
    while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
    const { parent } = outer;
    // `f()` of a plain name has no `this`.
    const called =
      (ts.isCallExpression(parent) && parent.expression === outer) ||
      (ts.isTaggedTemplateExpression(parent) && parent.tag === outer);
    if (ts.isShorthandPropertyAssignment(node.parent)) this.#out.insert(node.end, `: ${text}`);
    else this.#out.replace(this.#start(node), node.end, called ? `(0, ${text})` : text);
  }

  /** How the variable is written at this place; undefined: as it stands there. */
  #variable({ node, own, closure }: Use): string | undefined {
    const ts = this.#ts;
    const name = node.text;
    const end = own ? this.#names.declaredAt(name) : undefined;
    if (end === undefined) return this.#box(name);
    for (let at: TS.Node = node; at !== this.#file; at = at.parent) {
      // A class knows itself from its first line on.
      if (ts.isClassDeclaration(at) && at.name?.text === name && ts.isSourceFile(at.parent)) return undefined;
    }
    const early = this.#start(closure ?? node) < end || (closure !== undefined && this.#names.isHoisted(closure));
    // It may not be there yet: then to touch it throws what JavaScript throws.
    return early ? `(${name}, ${this.#box(name).slice(0, -2)}).v` : this.#box(name);
  }

  /** Copies what a declaration declares into its boxes. */
  #declaration(node: TS.VariableDeclaration): void {
    const ts = this.#ts;
    const list = node.parent;
    if (!ts.isVariableDeclarationList(list) || ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent))
      return;
    const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
    const own = this.#names.ownNames(node);
    if (isVar) for (const name of own) this.#forget(name);
    const names = own.filter(name => !this.#copies.has(name));
    if (names.length === 0 || (isVar && node.initializer === undefined)) return;
    this.#out.insert(node.end, `, ${names[0]}··· = (${this.#copying(names)})`);
  }

  /** A `var` begins as undefined, also when an earlier cell declared it. */
  #forget(name: string): void {
    if (this.#forgotten.has(name)) return;
    this.#forgotten.add(name);
    this.#first += `${this.#box(name)} = undefined; `;
  }

  #copying(names: readonly string[]): string {
    return names.map(name => `${this.#box(name)} = ${name}`).join(', ');
  }

  /** What a loop does first in each round. */
  #round(loop: TS.IterationStatement): string {
    return this.#roundOf(loop) + this.#copies.round(loop.statement);
  }

  /** `for (var x of …)`: each round copies. `for await`: each round looks whether the cell was interrupted. */
  #roundOf(node: TS.IterationStatement): string {
    const ts = this.#ts;
    if (!ts.isForInStatement(node) && !ts.isForOfStatement(node)) return '';
    let first = '';
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined && closureAround(ts, node) === undefined) {
      this.#asynchronous = true;
      first = 'k··.resumed(0); ';
    }
    if (!ts.isVariableDeclarationList(node.initializer)) return first;
    const names = node.initializer.declarations.flatMap(one => this.#names.ownNames(one));
    for (const name of names) this.#forget(name);
    const boxedNames = names.filter(name => !this.#copies.has(name));
    return boxedNames.length > 0 ? `${first}${this.#copying(boxedNames)}; ` : first;
  }

  /** `f = () => 1` names the function, `f·.v = () => 1` would not. */
  #namesFunction(node: TS.Node): boolean {
    const ts = this.#ts;
    if (!ts.isBinaryExpression(node) || !ts.isIdentifier(node.left) || !this.#assigns(node.operatorToken.kind))
      return false;
    const { right } = node;
    const nameless =
      ts.isArrowFunction(right) ||
      ((ts.isFunctionExpression(right) || ts.isClassExpression(right)) && right.name === undefined);
    return nameless && this.#names.use(node.left) !== undefined && !this.#copies.has(node.left.text);
  }

  #assigns(kind: TS.SyntaxKind): boolean {
    const { FirstAssignment, LastAssignment } = this.#ts.SyntaxKind;
    return kind >= FirstAssignment && kind <= LastAssignment;
  }

  #namedAssignment({ left, right }: TS.BinaryExpression): void {
    const name = (left as TS.Identifier).text;
    this.#visit(left);
    this.#out.insert(this.#start(right), `({ ${name}: `);
    this.#visit(right);
    this.#out.insert(right.end, ` }).${name}`);
  }

  #import(node: TS.ImportDeclaration): void {
    const required = `require(${node.moduleSpecifier.getText(this.#file)})`;
    const module = `m··${this.#imports++}`;
    const taken = [...this.#names.imported(node)].map(
      ([to, from]) => `${this.#box(to)} = k··.imported(${module}, ${JSON.stringify(from)});`,
    );
    const text = taken.length === 0 ? `${required};` : `const ${module} = ${required}; ${taken.join(' ')}`;
    const [start, end] = [this.#start(node), node.end];
    const breaks = '\n'.repeat(this.#file.text.slice(start, end).split('\n').length - 1);
    // An import works from the first line on, wherever it stands.
    if (this.#statementSeen) {
      this.#first += `${text} `;
      this.#out.blank(start, end);
    } else this.#out.replace(start, end, text + breaks);
  }
}

/** @param text the ES module that TypeScript made of a cell, with everything that the cell declares exported */
export function compileCell(ts: TypeScript, text: string, known: Known): CellCode {
  return new CellWriter(ts, text, known).finish();
}
