/** What the generated JavaScript search adds where the state graph is kept: edges in growing typed arrays, and what `eventually` says of each state. */
import type { Compiled } from './compile.js';
import type { Printer } from './print-js.js';
import { CALLED, HOLDS } from './search.js';

/** Bytes a state that looking for a fair cycle takes on top: marks, processes that can move, nine words of tables. */
const ANALYSIS = 48;

export interface EdgesSource {
  readonly declare: string;
  readonly grow: string;
  /** An edge from the state that is looked at to this one, by step `k`. */
  edge(to: string): string;
  readonly beyond: string;
  readonly reset: string;
  readonly row: string;
  readonly bytes: string;
  readonly answer: string;
}

/** Parts of the search's source; `q` is one more than the state that is looked at, `n` the number of states, `S0…` their words. */
export function edgesSource(compiled: Compiled, printed: Printer, words: number): EdgesSource {
  const at = compiled.properties.findIndex(p => p.property.kind === 'eventually');
  const holds = printed.properties[at]?.[0];
  const whenever = printed.whenever[at];
  const state = Array.from({ length: words }, (_, i) => `S${i}[i]`).join(',');
  const called = whenever === undefined ? `m[0]|=${CALLED};` : `for(let i=0;i<n;i++)if(WH(${state}))m[i]|=${CALLED};`;
  const marks = holds === undefined ? '' : `for(let i=0;i<n;i++)if(EV(${state}))m[i]|=${HOLDS};${called}`;
  return {
    declare: `${holds === undefined ? '' : `const EV=function(${printed.params}){${holds}};`}
${whenever === undefined ? '' : `const WH=function(${printed.params}){${whenever}};`}
let E=new Int32Array(cap+1),ecap=4*cap,ET=new Int32Array(ecap),ES=new Int32Array(ecap),ne=0,EB=new Int32Array(64),nb=0;
function moreEdges(){ecap*=2;const g=a=>{const b=new Int32Array(ecap);b.set(a);return b};ET=g(ET);ES=g(ES)}
function beyond(k){if(nb===EB.length){const b=new Int32Array(2*nb);b.set(EB);EB=b}EB[nb++]=q-1;EB[nb++]=k}`,
    grow: '{const b=new Int32Array(cap+1);b.set(E);E=b}',
    edge: to => `if(ne===ecap)moreEdges();ET[ne]=${to};ES[ne++]=k;`,
    beyond: 'beyond(k);',
    reset: 'ne=0;nb=0;',
    row: 'E[q]=ne;',
    bytes: `+cap*${ANALYSIS}+ecap*10`,
    answer: `E[q]=ne;const m=new Uint8Array(n);${marks}return{first:E.subarray(0,q+1),to:ET.subarray(0,ne),step:ES.subarray(0,ne),beyond:EB.subarray(0,nb),marks:m}`,
  };
}
