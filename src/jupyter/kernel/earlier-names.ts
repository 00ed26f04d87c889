/**
 * Names of earlier cells where raw tslab goes wrong. tslab runs each cell as a function, keeps what cells declare in
 * `exports`, and writes `exports.rows` for a `rows` of an earlier cell; but
 * - in `{ rows }` it sees the property only, and the name stays free: "rows is not defined" when the cell runs;
 * - in `const { rows: r } = o` it takes the property `rows` for a variable of the cell where `o` was declared.
 * Both are mended in the tree, after the type checker and before tslab's own step: the checker's messages and the source
 * maps are about the reader's own text, so lines and columns stay as they are.
 */

interface Node {
  readonly kind: number;
}
interface Identifier extends Node {
  readonly text: string;
}
interface Shorthand extends Node {
  readonly name: Identifier;
  /** `= 1` in `({ rows = 1 } = o)`. */
  readonly objectAssignmentInitializer?: Node;
}
interface BindingElement extends Node {
  readonly dotDotDotToken?: Node;
  readonly propertyName?: Node;
  readonly name: Node;
  readonly initializer?: Node;
}
interface NameSymbol {
  readonly declarations?: readonly { getSourceFile(): { readonly fileName: string } }[];
}

export interface Checker {
  getShorthandAssignmentValueSymbol(node: Node): NameSymbol | undefined;
}

/** The part of TypeScript's own interface that changing a tree needs. */
export interface TreeTools {
  isIdentifier(node: Node): node is Identifier;
  isShorthandPropertyAssignment(node: Node): node is Shorthand;
  isBindingElement(node: Node): node is BindingElement;
  visitNode(node: Node, visit: Visit): Node;
  visitEachChild(node: Node, visit: Visit, context: unknown): Node;
  setTextRange<T extends Node>(node: T, like: Node): T;
  readonly factory: {
    createIdentifier(text: string): Identifier;
    createPropertyAccessExpression(object: Node, name: Identifier): Node;
    createAssignment(to: Node, value: Node): Node;
    createPropertyAssignment(name: Identifier, value: Node): Node;
    updateBindingElement(node: BindingElement, dots?: Node, property?: Node, name?: Node, initializer?: Node): Node;
  };
}

type Visit = (node: Node) => Node;
export type Transformer = (context: unknown) => Visit;

/** Where tslab declares the variables of earlier cells. */
const earlierFile = '__prev__.d.ts';

/** A step for `before` of TypeScript's emit. */
export function mendEarlierNames(ts: TreeTools, checker: Checker): Transformer {
  const { factory } = ts;
  // A new identifier has no symbol, so tslab leaves it alone.
  const plain = (like: Identifier): Identifier => ts.setTextRange(factory.createIdentifier(like.text), like);

  function isEarlier(node: Shorthand): boolean {
    const declarations = checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
    return declarations.some(one => one.getSourceFile().fileName.endsWith(`/${earlierFile}`));
  }

  return context => {
    function expand(node: Shorthand): Node {
      const { name, objectAssignmentInitializer: initial } = node;
      const variable = factory.createPropertyAccessExpression(factory.createIdentifier('exports'), plain(name));
      ts.setTextRange(variable, name);
      const value = initial === undefined ? variable : factory.createAssignment(variable, ts.visitNode(initial, visit));
      return ts.setTextRange(factory.createPropertyAssignment(plain(name), value), node);
    }
    function visit(node: Node): Node {
      if (ts.isShorthandPropertyAssignment(node) && isEarlier(node)) return expand(node);
      const seen = ts.visitEachChild(node, visit, context);
      if (!ts.isBindingElement(seen) || seen.propertyName === undefined || !ts.isIdentifier(seen.propertyName))
        return seen;
      const { dotDotDotToken, propertyName, name, initializer } = seen;
      return factory.updateBindingElement(seen, dotDotDotToken, plain(propertyName), name, initializer);
    }
    return visit;
  };
}
