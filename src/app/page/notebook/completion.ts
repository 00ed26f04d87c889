/** Tab completion: the kernel is asked, CodeMirror shows the answers. */
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { Kernel } from '@jupyterlab/services';
import { typesIn } from '../help/option.js';
import { completing, listed } from './completion-list.js';
import { hint } from './hint.js';
import { inspect } from './inspection.js';

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 4000;

type GetKernel = () => Kernel.IKernelConnection | null;

/** @param kernel the kernel to ask, or null while it has other work */
export const kernelCompletion = (kernel: GetKernel): Extension => completing(context => ask(context, kernel()));

async function ask(
  context: CompletionContext,
  kernel: Kernel.IKernelConnection | null,
): Promise<CompletionResult | null> {
  if (kernel === null) return null;
  const code = context.state.doc.toString();
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const asked = kernel.requestComplete({ code, cursor_pos: context.pos });
  const reply = await Promise.race([asked, late]);
  if (reply === null || reply.content.status !== 'ok') return null;
  const { cursor_start: from, cursor_end: to, matches, metadata } = reply.content;
  const types = typesIn(metadata);
  const options = matches.map(text => types.get(text) ?? { text });
  return listed({ from, to }, options, label => about(kernel, { code, from, to }, label));
}

/** What a hint would say if the choice were taken. */
async function about(
  kernel: Kernel.IKernelConnection,
  { code, from, to }: { readonly code: string; readonly from: number; readonly to: number },
  label: string,
): Promise<Node | null> {
  if (kernel.isDisposed) return null;
  const text = await inspect(kernel, code.slice(0, from) + label + code.slice(to), from);
  return text === null ? null : hint(text);
}
