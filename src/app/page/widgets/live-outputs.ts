/**
 * Outputs that a control keeps up to date, in a page that was loaded after the cell had run: JupyterLab follows a display id only for the cells
 * that this page has sent. An output keeps its id in its metadata.
 */
import type { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { KernelMessage } from '@jupyterlab/services';

interface Display {
  readonly data: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly transient?: { readonly display_id?: string };
}

export function followOutputs(panel: NotebookPanel): void {
  const followed = new Set<string>();
  panel.sessionContext.iopubMessage.connect((_, message: KernelMessage.IMessage) => {
    const type = message.header.msg_type;
    const content = message.content as unknown as Display;
    const id = content.transient?.display_id;
    if (id === undefined) return;
    if (type === 'display_data') followed.add(id);
    else if (type === 'update_display_data' && !followed.has(id)) update(panel, id, content);
  });
}

function update(panel: NotebookPanel, id: string, { data, metadata = {} }: Display): void {
  for (const cell of panel.content.widgets) {
    if (cell.model.type !== 'code') continue;
    const { outputs } = (cell as CodeCell).model;
    for (let i = 0; i < outputs.length; i++) {
      const old = outputs.get(i).toJSON();
      if ((old.metadata as { display_id?: unknown } | undefined)?.display_id !== id) continue;
      outputs.set(i, { output_type: 'display_data', data: data as never, metadata: metadata as never });
    }
  }
}
