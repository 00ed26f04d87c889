/** Cells are checked by the TypeScript that tslab runs on; a declaration that it cannot read would silently become `any`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

interface SourceFile {
  readonly fileName: string;
  getLineAndCharacterOfPosition(at: number): { line: number };
}
interface Diagnostic {
  readonly file?: SourceFile;
  readonly start?: number;
  readonly messageText: unknown;
}
interface TypeScript {
  readonly version: string;
  createProgram(files: readonly string[], options: object): { getSourceFiles(): readonly SourceFile[] };
  getPreEmitDiagnostics(program: object): readonly Diagnostic[];
  flattenDiagnosticMessageText(text: unknown, newline: string): string;
  readonly ScriptTarget: { readonly ES2022: number };
  readonly ModuleKind: { readonly ESNext: number };
  readonly ModuleResolutionKind: { readonly Node10: number };
}

/** The version that package.json asks for. */
function pinned(): string | undefined {
  const { devDependencies } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  return /^npm:typescript@(\d+\.\d+\.\d+)$/.exec(devDependencies['@tslab/typescript-for-tslab'])?.[1];
}

test("the library's declarations are read by the kernel's TypeScript without an error", () => {
  const require = createRequire(import.meta.url);
  const ts: TypeScript = require('@tslab/typescript-for-tslab');
  assert.equal(ts.version, pinned());
  const dist = path.join(projectRoot, 'dist');
  const program = ts.createProgram([path.join(dist, 'index.d.ts')], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
  });
  const ours = program.getSourceFiles().filter(file => file.fileName.startsWith(dist));
  assert.ok(ours.length > 5, `only ${ours.length} declaration files found`);
  const problems = ts.getPreEmitDiagnostics(program).flatMap(({ file, start, messageText }) => {
    if (file?.fileName.startsWith(dist) !== true) return [];
    const line = file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return [
      `${path.relative(projectRoot, file.fileName)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    ];
  });
  assert.deepEqual(problems, []);
});
