/** Asks the kernel's type checker about a text that has not run (docs/architecture.md, "The kernel"). */
import { type Kernel, KernelMessage } from '@jupyterlab/services';

/** One error, from `start` up to `end`, in UTF-16 code units. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly code: number;
}

/** After this a busy kernel's answer would only surprise. */
const PATIENCE_MS = 4000;

/** Only our own kernel knows the message; another one would never answer it. */
const IMPLEMENTATION = 'put-page';

interface Checked {
  readonly content: { readonly status?: string; readonly diagnostics?: readonly Finding[] };
}

/**
 * @param others the texts of the notebook's other code cells: what they declare is not called unknown
 * The result: null when the kernel gives no answer, or none in time.
 */
export async function askCheck(
  kernel: Kernel.IKernelConnection,
  code: string,
  others: readonly string[],
): Promise<readonly Finding[] | null> {
  if ((await kernel.info).implementation !== IMPLEMENTATION || kernel.isDisposed) return null;
  const message = KernelMessage.createMessage({
    // The types know Jupyter's messages only.
    msgType: 'put_page_check_request' as 'complete_request',
    channel: 'shell',
    username: kernel.username,
    session: kernel.clientId,
    content: { code, others } as unknown as KernelMessage.ICompleteRequestMsg['content'],
  });
  const future = kernel.sendShellMessage(message, true);
  const late = new Promise<null>(resolve => setTimeout(() => resolve(null), PATIENCE_MS));
  const done = future.done.catch(() => null);
  const reply = (await Promise.race([done, late])) as Checked | null | undefined;
  if (reply === null) future.dispose();
  return reply?.content.status === 'ok' ? (reply.content.diagnostics ?? []) : null;
}
