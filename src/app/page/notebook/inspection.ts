/** Type and documentation of a name, from the kernel's checker. */
import type { Extension } from '@codemirror/state';
import type { Kernel } from '@jupyterlab/services';
import { inspecting } from './hint.js';

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 3000;

/** @param kernel the kernel to ask, or null while it has other work */
export function kernelInspection(kernel: () => Kernel.IKernelConnection | null): Extension {
  return inspecting(async (source, at) => {
    const asked = kernel();
    return asked === null ? null : inspect(asked, source, at);
  });
}

export async function inspect(
  kernel: Kernel.IKernelConnection,
  code: string,
  cursor_pos: number,
): Promise<string | null> {
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const reply = await Promise.race([kernel.requestInspect({ code, cursor_pos, detail_level: 0 }), late]);
  if (reply === null || reply.content.status !== 'ok' || !reply.content.found) return null;
  const text = reply.content.data['text/plain'];
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}
