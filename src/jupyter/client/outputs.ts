/** From iopub messages to the outputs of a cell, as nbformat 4.5 stores them. */
import type { Message } from './wire.js';

export type Data = Record<string, unknown>;

export type Output =
  | { output_type: 'stream'; name: string; text: string }
  | { output_type: 'display_data'; data: Data; metadata: Data }
  | { output_type: 'execute_result'; execution_count: number | null; data: Data; metadata: Data }
  | { output_type: 'error'; ename: string; evalue: string; traceback: string[] };

interface Content {
  readonly name: string;
  readonly text: string;
  readonly data: Data;
  readonly metadata?: Data;
  readonly transient?: { readonly display_id?: string };
  readonly execution_count: number | null;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

export class Outputs {
  readonly list: Output[] = [];
  readonly #byId = new Map<string, { data: Data; metadata: Data }>();
  #clearLater = false;

  add(message: Message): void {
    const type = message.header.msg_type;
    const content = message.content as unknown as Content;
    if (type === 'clear_output') {
      if (message.content.wait === true) this.#clearLater = true;
      else this.list.length = 0;
      return;
    }
    if (type === 'update_display_data') {
      this.#update(content);
      return;
    }
    const output = this.#make(type, content);
    if (output === undefined) return;
    if (this.#clearLater) this.list.length = 0;
    this.#clearLater = false;
    this.list.push(output);
  }

  #make(type: string, content: Content): Output | undefined {
    const { name, text, data, metadata = {}, execution_count, ename, evalue, traceback } = content;
    switch (type) {
      case 'stream': {
        const last = this.list.at(-1);
        if (last?.output_type !== 'stream' || last.name !== name || this.#clearLater) {
          return { output_type: 'stream', name, text };
        }
        last.text += text;
        return undefined;
      }
      case 'display_data': {
        const output: Output = { output_type: 'display_data', data, metadata };
        const id = content.transient?.display_id;
        if (id !== undefined) this.#byId.set(id, output);
        return output;
      }
      case 'execute_result':
        return { output_type: 'execute_result', execution_count, data, metadata };
      case 'error':
        return { output_type: 'error', ename, evalue, traceback };
      default:
        return undefined;
    }
  }

  #update(content: Content): void {
    const known = this.#byId.get(content.transient?.display_id ?? '');
    if (known === undefined) return;
    if (Object.keys(content.data).length === 0) {
      // What was shown is taken away: a progress line leaves nothing in an executed notebook.
      const at = this.list.findIndex(output => (output as unknown) === known);
      if (at >= 0) this.list.splice(at, 1);
    }
    known.data = content.data;
    known.metadata = content.metadata ?? {};
  }
}
