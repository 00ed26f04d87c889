/**
 * One widget: a state that the kernel and every front end keep alike (widget messaging protocol 2.1). Each change by a front end is echoed to
 * all of them; after a reload a page asks for all states at once.
 */
import type { Comm, CommHost, CommMessage, Json } from '../jupyter/comms/host.js';
import { joinBuffers, splitBuffers } from './buffers.js';
import { classesOf, type KindName, kinds, type State } from './models.js';

const target = 'jupyter.widget';
const controlTarget = 'jupyter.widget.control';
const metadata = { version: '2.1.0' };

const isState = (value: unknown): value is State =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All widgets that are open, by host: a page that was loaded again asks for them. */
const open = new WeakMap<CommHost, Map<string, Widget>>();

function widgetsOf(host: CommHost): Map<string, Widget> {
  const known = open.get(host);
  if (known !== undefined) return known;
  const all = new Map<string, Widget>();
  open.set(host, all);
  host.register(controlTarget, comm => {
    comm.onMessage = ({ data }) => {
      if (data.method === 'request_states') tellStates(comm, all);
    };
  });
  return all;
}

function tellStates(comm: Comm, all: ReadonlyMap<string, Widget>): void {
  const parts = [...all].map(([id, widget]) => ({ id, ...splitBuffers(widget.state) }));
  const states = parts.map(({ id, state }) => {
    const { _model_name, _model_module, _model_module_version } = state;
    return [
      id,
      { model_name: _model_name, model_module: _model_module, model_module_version: _model_module_version, state },
    ];
  });
  comm.send(
    {
      method: 'update_states',
      states: Object.fromEntries(states),
      buffer_paths: parts.flatMap(({ id, buffer_paths }) => buffer_paths.map(path => [id, ...path])),
    },
    { buffers: parts.flatMap(part => part.buffers) },
  );
}

export class Widget {
  readonly id: string;
  /** Called after a front end has changed something, with what it changed. */
  onChange: ((changed: Readonly<State>) => void) | undefined;
  /** A click of a button, say. */
  onCustom: ((content: Json) => void) | undefined;
  readonly #comm: Comm;
  #state: State;

  /** A new widget, told to all front ends. `given`: what differs from a new one’s state. */
  constructor(host: CommHost, kind: KindName, given: Readonly<State> = {}) {
    const all = widgetsOf(host);
    const refer = (name: KindName, inner: Readonly<State>): string => new Widget(host, name, inner).reference;
    const known: { readonly state: Readonly<State>; readonly style?: string } = kinds[kind];
    const { layout = {}, style = {}, ...own } = given;
    this.#state = { ...classesOf(kind), ...structuredClone(known.state), ...own };
    if ('tabbable' in known.state) this.#state.layout = refer('Layout', layout as State);
    if (known.style !== undefined) this.#state.style = refer(known.style as KindName, style as State);
    this.id = host.newId();
    const { buffers, ...data } = splitBuffers(this.#state);
    this.#comm = host.open(target, { id: this.id, data: { ...data }, metadata, buffers });
    all.set(this.id, this);
    this.#comm.onMessage = message => this.#hear(message);
    this.#comm.onClose = () => void all.delete(this.id);
  }

  /** How another widget’s state names this one. */
  get reference(): string {
    return `IPY_MODEL_${this.id}`;
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  /** Changes the state here and in every front end. */
  set(changes: Readonly<State>): void {
    this.#state = { ...this.#state, ...changes };
    this.#send('update', changes);
  }

  #send(method: 'update' | 'echo_update', part: Readonly<State>): void {
    const { buffers, ...data } = splitBuffers(part);
    this.#comm.send({ method, ...data }, { buffers });
  }

  #hear({ data, buffers }: CommMessage): void {
    const { method, state, buffer_paths, content } = data;
    if (method === 'request_state') this.#send('update', this.#state);
    else if (method === 'custom' && isState(content)) this.onCustom?.(content);
    else if (method === 'update' && isState(state)) this.#update(joinBuffers(state, buffer_paths, buffers));
  }

  /** Which classes it has is the kernel’s to say, and a field that the model does not have is nobody’s. */
  #update(given: State): void {
    const changes = Object.entries(given).filter(
      ([key]) => Object.hasOwn(this.#state, key) && !/^_(model|view)_/.test(key),
    );
    if (changes.length === 0) return;
    const changed = Object.fromEntries(changes);
    this.#state = { ...this.#state, ...changed };
    this.#send('echo_update', changed);
    this.onChange?.(changed);
  }
}

/** What a front end draws of a widget, as a part of a MIME bundle. */
export function viewOf(widget: Widget): Readonly<Record<string, unknown>> {
  return {
    'application/vnd.jupyter.widget-view+json': { version_major: 2, version_minor: 0, model_id: widget.id },
  };
}
