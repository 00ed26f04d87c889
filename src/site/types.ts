/** What the site's checker reads: declarations of the library and of JavaScript, as they lie where TypeScript looks for them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as TS from '@tslab/typescript-for-tslab';
import { declarationPaths } from '../jupyter/kernel/compiler-options.js';
import { librariesIn } from '../jupyter/kernel/tslab.js';
import { projectRoot } from '../jupyter/project-root.js';
import { ROOT, type Types } from './checker.js';

/** What a worker has beside JavaScript, as far as a cell needs it. A cell here has no Node, and no page. */
const WORKER = `
interface Console { log(...values: any[]): void; info(...values: any[]): void; warn(...values: any[]): void; error(...values: any[]): void; }
declare var console: Console;
declare function setTimeout(work: (...args: any[]) => void, ms?: number, ...args: any[]): number;
declare function clearTimeout(timer: number | undefined): void;
declare function setInterval(work: (...args: any[]) => void, ms?: number, ...args: any[]): number;
declare function clearInterval(timer: number | undefined): void;
declare function queueMicrotask(work: () => void): void;
declare function structuredClone<T>(value: T): T;
declare function atob(text: string): string;
declare function btoa(text: string): string;
declare var performance: { now(): number };
interface AbortSignal { readonly aborted: boolean; readonly reason: any; throwIfAborted(): void; addEventListener(type: 'abort', heard: () => void): void; removeEventListener(type: 'abort', heard: () => void): void; }
declare var AbortSignal: { prototype: AbortSignal; abort(reason?: any): AbortSignal; timeout(ms: number): AbortSignal };
interface AbortController { readonly signal: AbortSignal; abort(reason?: any): void; }
declare var AbortController: { prototype: AbortController; new (): AbortController };
interface TextEncoder { encode(text?: string): Uint8Array; }
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder { decode(bytes?: ArrayBuffer | ArrayBufferView): string; }
declare var TextDecoder: { prototype: TextDecoder; new (label?: string): TextDecoder };
declare namespace WebAssembly { class Module { constructor(bytes: ArrayBuffer | ArrayBufferView); } class Instance { constructor(module: Module, imports?: object); readonly exports: Record<string, unknown>; } class Memory { constructor(size: { initial: number; maximum?: number; shared?: boolean }); readonly buffer: ArrayBuffer; } }
`;

/** @param ts finds what a file refers to */
function filesFrom(ts: typeof TS, entries: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  const todo = [...entries];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    const at = path.posix.join(ROOT, file);
    if (at in files) continue;
    const text = readFileSync(path.join(projectRoot, file), 'utf8').replaceAll(/\n?\/\/# sourceMappingURL=.*/g, '');
    files[at] = text;
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles)
      if (fileName.startsWith('.'))
        todo.push(path.posix.join(path.posix.dirname(file), fileName.replace(/\.js$/, '.d.ts')));
  }
  return files;
}

function librariesFrom(ts: typeof TS, folder: string, names: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  const todo = [...names];
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    const at = `/lib/${name}`;
    if (at in files) continue;
    const text = readFileSync(path.join(folder, name), 'utf8');
    files[at] = text;
    for (const { fileName } of ts.preProcessFile(text).libReferenceDirectives) todo.push(`lib.${fileName}.d.ts`);
  }
  return files;
}

export function typesFile(): Types {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@tslab/typescript-for-tslab');
  const ts: typeof TS = require(file);
  const paths = declarationPaths(projectRoot);
  const libraries = librariesIn(path.dirname(file));
  return {
    paths,
    libraries,
    files: {
      ...filesFrom(ts, Object.values(paths).flat()),
      ...librariesFrom(ts, path.dirname(file), libraries),
      '/types/page/index.d.ts': WORKER,
    },
  };
}
