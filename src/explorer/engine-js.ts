/** Breadth-first search in generated JavaScript: packed words in typed arrays, a tagged index table, parents by index. */
import type { Canonical } from './canonical.js';
import type { Compiled } from './compile.js';
import { pack, pack32, unpack32 } from './pack.js';
import { edgesSource } from './print-edges.js';
import { type Messages, printJs } from './print-js.js';
import { type Edges, levelOf, memoryBound, type SearchOptions, type SearchResult } from './search.js';

/** The table's first size, in states; it doubles. */
const FIRST = 1 << 12;

interface Engine {
  run(until: number): number;
  stats(): {
    n: number;
    q: number;
    tr: number;
    depth: number;
    levelEnd: number;
    bytes: number;
    complete: boolean;
  };
  bad(): { index: number; property: number; overdraft: number; holding: number };
  failed(): { message: number; step: number; parent: number };
  bounds(): number[];
  reached(): Int32Array;
  coverage(): Float64Array;
  words(i: number): number[];
  parent(i: number): number;
  full(): bigint;
  /** Only where edges are kept. */
  edges(): Edges;
}

const STOPPED = 'the search was stopped';

/** Searches with generated JavaScript. Any number of words. */
export function searchJs(compiled: Compiled, options: SearchOptions, canonical?: Canonical): SearchResult {
  const { layout } = compiled.machine;
  const packing = pack(layout, 32, s => compiled.possible.hull(s));
  const source = engineSource(compiled, packing.words, options, canonical !== undefined);
  const printed = printJs(compiled, packing);
  const steps = compiled.steps.reduce((n, s) => n + s.length, 0);
  // The only use of code made at run time; the page's policy allows it in the worker that runs cells.
  const make = new Function('initial', 'FIRST', 'CANON', 'ORBIT', source(printed)) as (
    initial: number[],
    first: number,
    canon: (words: number[]) => number[],
    orbit: (words: number[]) => number,
  ) => Engine;
  const canon = (words: number[]) =>
    pack32(layout, packing, canonical?.of(unpack32(layout, packing, words)) ?? unpack32(layout, packing, words));
  const orbit = (words: number[]) => canonical?.orbit(unpack32(layout, packing, words)) ?? 1;
  const engine = make(pack32(layout, packing, layout.initial), FIRST, canon, orbit);
  const bounds: string[] = [];
  const t0 = performance.now();
  for (;;) {
    const s = engine.stats();
    if (s.complete || engine.bad().property >= 0 || engine.failed().message >= 0) break;
    const level = levelOf({ head: s.q, tail: s.n, levelEnd: s.levelEnd });
    if (s.n >= options.maxStates) bounds.push(`${options.maxStates} states`);
    else if (s.depth >= options.maxDepth) bounds.push(`depth ${options.maxDepth}`);
    else if (s.bytes > options.maxBytes) bounds.push(memoryBound(options.maxBytes));
    if (bounds.length > 0) break;
    engine.run(
      Math.min(s.q + 65536, options.maxStates, options.maxDepth < Number.MAX_SAFE_INTEGER ? level.end : Infinity),
    );
    const now = engine.stats();
    const p = { states: now.n, transitions: now.tr, depth: now.depth, bytes: now.bytes, ms: performance.now() - t0 };
    if (options.progress !== undefined && !options.progress(p)) {
      bounds.push(STOPPED);
      break;
    }
  }
  bounds.push(
    ...engine
      .bounds()
      .map(i =>
        i < 0 ? `${printed.messages.overdrafts[-1 - i]} would be overdrawn` : (printed.messages.bounds[i] ?? ''),
      ),
  );
  const state = (i: number) => unpack32(layout, packing, engine.words(i));
  const path = (i: number) => {
    const out: (readonly number[])[] = [];
    for (let k = i; k >= 0; k = engine.parent(k)) out.push(state(k));
    return out.reverse();
  };
  return {
    ...resultOf(compiled, engine, printed.messages, path, bounds, steps, canonical !== undefined),
    ...(options.edges === true ? { edges: engine.edges() } : {}),
    state,
  };
}

function resultOf(
  compiled: Compiled,
  engine: Engine,
  messages: Messages,
  path: (i: number) => readonly (readonly number[])[],
  bounds: readonly string[],
  steps: number,
  symmetry: boolean,
): Omit<SearchResult, 'state'> {
  const stats = engine.stats();
  const bad = engine.bad();
  const failed = engine.failed();
  const sometimes = compiled.properties.filter(p => p.property.kind === 'sometimes');
  const reached = new Map<string, readonly (readonly number[])[]>();
  engine.reached().forEach((at, i) => {
    if (at >= 0) reached.set(sometimes[i]?.property.name ?? '', path(at));
  });
  const always = compiled.properties.filter(p => p.property.kind === 'always');
  return {
    states: stats.n,
    transitions: stats.tr,
    depth: stats.depth,
    coverage: [...engine.coverage()].slice(0, steps),
    bounds,
    bytes: stats.bytes,
    reached,
    ...(symmetry ? { full: engine.full() } : {}),
    ...(bad.property < 0
      ? {}
      : {
          violation: {
            property: bad.property === 0 ? 'accounting' : (always[bad.property - 1]?.property.name ?? ''),
            path: path(bad.index),
            ...(bad.overdraft < 0
              ? {}
              : { overdraft: { step: bad.overdraft, holding: messages.overdrafts[bad.holding] ?? '' } }),
          },
        }),
    ...(failed.message < 0
      ? {}
      : { failure: { message: messages.fails[failed.message] ?? '', step: failed.step, path: path(failed.parent) } }),
  };
}

type Printed = ReturnType<typeof printJs>;

function engineSource(compiled: Compiled, words: number, o: SearchOptions, symmetry: boolean): (p: Printed) => string {
  const W = Array.from({ length: words }, (_, i) => i);
  const of = (f: (i: number) => string, by = ',') => W.map(f).join(by);
  const kinds = compiled.properties.map(p => p.property.kind);
  return printed => {
    const fns = (kind: string) =>
      printed.properties
        .filter((_, i) => kinds[i] === kind)
        .map(trees => trees.map(t => `function(${printed.params}){${t}}`));
    const always = o.stopAtViolation ? fns('always') : [];
    const checks = always.map((trees, i) => `${trees.map((_, t) => `!A${i}_${t}(${printed.params})`).join('||')}`);
    const sometimes = fns('sometimes');
    const graph = o.edges === true ? edgesSource(compiled, printed, words) : undefined;
    const edge = graph?.edge ?? (() => '');
    return `'use strict';
${always.map((trees, i) => trees.map((t, j) => `const A${i}_${j}=${t};`).join('')).join('\n')}
${sometimes.map((trees, i) => trees.map((t, j) => `const M${i}_${j}=${t};`).join('')).join('\n')}
let cap=FIRST,M=2*cap-1,IB=32-Math.clz32(cap),IM=(1<<IB)-1,T=new Int32Array(2*cap);
let ${of(i => `S${i}=new Int32Array(cap)`)},P=new Int32Array(cap);
let n=0,q=0,tr=0,depth=0,levelEnd=1,complete=false,bad=-1,badProperty=-1,overdraftStep=-1,holding=-1,failMessage=-1,failStep=-1,failParent=-1;
const C=new Float64Array(${Math.max(
      1,
      compiled.steps.reduce((x, s) => x + s.length, 0),
    )}),R=new Int32Array(${sometimes.length}).fill(-1);
let FULL=0n,wanted=${sometimes.length};const B=new Set();
${graph?.declare ?? ''}
function hash(${printed.params}){let h=Math.imul(w0,0x9E3779B1);${W.slice(1)
      .map(i => `h=Math.imul(h^(h>>>15)^w${i},0x85EBCA6B);`)
      .join('')}h=Math.imul(h^h>>>15,0x2C1B3C6D);h=Math.imul(h^h>>>12,0x297A2D39);return h^h>>>15}
function grow(){cap*=2;M=2*cap-1;IB=32-Math.clz32(cap);IM=(1<<IB)-1;const g=a=>{const b=new Int32Array(cap);b.set(a);return b};${of(i => `S${i}=g(S${i});`, '')}P=g(P);${graph?.grow ?? ''}
 T=new Int32Array(2*cap);for(let k=0;k<n;k++){const h=hash(${of(i => `S${i}[k]`)});let i=h&M;while(T[i]!==0)i=i+1&M;T[i]=h&~IM|k+1}}
function bound(i,k){B.add(i);${graph?.beyond ?? ''}}
function fail(m,k){if(failMessage<0){failMessage=m;failStep=k;failParent=q-1}}
function overdraft(i,k){${o.accounting ? 'if(badProperty<0){bad=q-1;badProperty=0;overdraftStep=k;holding=i}' : `B.add(-1-i);${graph?.beyond ?? ''}`}}
function emit(${printed.params},k){tr++;C[k]++;${symmetry ? `[${printed.params}]=CANON([${printed.params}]);` : ''}const h=hash(${printed.params}),tag=h&~IM;let i=h&M;
 for(;;i=i+1&M){const e=T[i];if(e===0)break;if((e&~IM)===tag){const x=(e&IM)-1;if(${of(j => `S${j}[x]===w${j}`, '&&')}){${edge('x')}return}}}
 ${of(j => `S${j}[n]=w${j};`, '')}P[n]=q-1;T[i]=tag|++n;${symmetry ? `FULL+=BigInt(ORBIT([${printed.params}]));` : ''}${edge('n-1')}
 if(badProperty<0){${o.accounting ? `if(${printed.overdrawn}){bad=n-1;badProperty=0}${checks.length > 0 ? 'else ' : ''}` : ''}${checks
   .map((c, i) => `if(${c}){bad=n-1;badProperty=${i + 1}}`)
   .join('else ')}}
 if(wanted>0){${sometimes.map((trees, i) => `if(R[${i}]<0&&${trees.map((_, t) => `M${i}_${t}(${printed.params})`).join('&&')}){R[${i}]=n-1;wanted--}`).join('')}}
 if(n===cap)grow()}
emit(${of(i => `initial[${i}]|0`)},0);C[0]=0;tr=0;P[0]=-1;q=0;${graph?.reset ?? ''}
return{run(until){
 while(q<n&&q<until&&badProperty<0&&failMessage<0){if(q===levelEnd){depth++;levelEnd=n}
 ${of(i => `const w${i}=S${i}[q];`, '')}${graph?.row ?? ''}q++;
${printed.expand}
 }
 if(q===n)complete=true;return q},
stats(){return{n,q,tr,levelEnd,depth:bad>=0||failMessage>=0||q===levelEnd&&q<n?depth+1:depth,bytes:cap*${8 + 4 * words + 4}${graph?.bytes ?? ''},complete}},
bad(){return{index:bad,property:badProperty,overdraft:overdraftStep,holding}},failed(){return{message:failMessage,step:failStep,parent:failParent}},
bounds(){return[...B]},reached(){return R},coverage(){return C},words(i){return[${of(i => `S${i}[i]`)}]},parent(i){return P[i]},full(){return FULL},edges(){${graph?.answer ?? ''}}}`;
  };
}
