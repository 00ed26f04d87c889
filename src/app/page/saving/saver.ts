/**
 * Saves the working copy: soon after a pause in typing, at the latest seconds after the first unsaved change, when the
 * reader looks away, and again and again after a failure until it succeeds. One save at a time; whoever asks meanwhile
 * gets the next one. A save carries the hash of what it replaces, and the server refuses it when somebody else saved.
 */
import { type Sources, sameSources } from './sources.js';

/** `offline`: the server does not answer; `conflict`: somebody else saved, and the reader has not decided yet. */
export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'offline' | 'conflict';

/** What the server said to a save. */
export type Answer =
  | { readonly kind: 'saved'; readonly hash: string }
  /** Somebody else saved; `copy` is the notebook in which the server keeps this version. */
  | { readonly kind: 'conflict'; readonly copy: string }
  /** `gone`: there is no file of this name any more. */
  | { readonly kind: 'failed'; readonly message: string; readonly gone?: boolean };

/** The notebook in this page, as far as saving is concerned. */
export interface Saved {
  /** The whole notebook as JSON text. */
  text(): string;
  sources(): Sources;
  /** Called after a save that holds everything. */
  clean(): void;
}

export interface SaverOptions {
  readonly notebook: Saved;
  /** Sends the text, to replace what has this hash. Never throws. */
  put(text: string, hash: string): Promise<Answer>;
  /** Keeps edits in the browser, or with null drops them. Never throws. */
  keep(base: string, sources: Sources | null): Promise<void>;
  /** Whether the server answers at all. */
  online(): boolean;
  onState(state: SaveState, message?: string): void;
  /** Somebody else saved. The saver rests until `goOn`. */
  onConflict(copy: string): void;
}

/** Of edits a reader waits to see saved; outputs come in bursts while cells run. */
const WAIT = { edits: { quiet: 700, longest: 2500 }, outputs: { quiet: 1500, longest: 8000 } };
const DRAFT_MS = 300;
const AGAIN_MS = { first: 1000, longest: 10_000 };

export class Saver {
  readonly #options: SaverOptions;
  #hash: string;
  /** The sources that the server has, and what the other side's edits are compared with. */
  #base: Sources;
  #version = 0;
  #savedVersion = 0;
  #firstChange: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #drafted: Sources | null = null;
  #saving: Promise<void> | null = null;
  #failures = 0;
  #resting = false;
  #conflictCopy: string | null = null;

  /** @param hash of the notebook as the server gave it */
  constructor(options: SaverOptions, hash: string) {
    this.#options = options;
    this.#hash = hash;
    this.#base = options.notebook.sources();
  }

  get base(): Sources {
    return this.#base;
  }

  get hash(): string {
    return this.#hash;
  }

  get unsaved(): boolean {
    return this.#version !== this.#savedVersion;
  }

  /** Unsaved, and nothing is to be decided first. */
  get pending(): boolean {
    return this.unsaved && !this.#resting;
  }

  /** The notebook changed: a source, an output, the order of cells. */
  changed(): void {
    this.#version++;
    this.#firstChange ??= Date.now();
    if (this.#saving === null && this.#failures === 0 && !this.#resting) this.#options.onState('unsaved');
    this.#draftTimer ??= setTimeout(() => this.keepDraft(), DRAFT_MS);
    this.#plan();
  }

  /** Keeps the edits in the browser now, where there are any. */
  keepDraft(): void {
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    if (!this.unsaved) return;
    const sources = this.#options.notebook.sources();
    if (sameSources(sources, this.#drafted ?? this.#base)) return;
    this.#drafted = sources;
    void this.#options.keep(this.#hash, sources);
    this.#plan();
  }

  /** Saves what is unsaved now. Resolves when it is saved, or when this attempt failed. */
  async now(): Promise<void> {
    if (this.#resting) {
      if (this.#conflictCopy !== null) this.#options.onConflict(this.#conflictCopy);
      return;
    }
    clearTimeout(this.#timer);
    const running = this.#saving;
    if (running !== null) {
      await running;
      // Whoever else waited for the running one may have started the next.
      if (this.#saving !== null) return this.#saving;
    }
    if (!this.unsaved) return;
    this.#saving = this.#save().finally(() => {
      this.#saving = null;
    });
    await this.#saving;
    if (this.unsaved) this.#plan();
  }

  /** The notebook is now what the server has under this hash, for instance after going back to the original. */
  reset(hash: string): void {
    clearTimeout(this.#timer);
    this.#resting = false;
    this.#hash = hash;
    this.#base = this.#options.notebook.sources();
    this.#done(this.#version);
  }

  /** Drops a planned save, so that a deleted copy does not come back. Waits for one that is on its way. */
  async stop(): Promise<void> {
    this.#resting = true;
    clearTimeout(this.#timer);
    await this.#saving;
  }

  /** Takes up saving again after `stop`. */
  resume(): void {
    this.#resting = false;
    if (this.unsaved) this.#plan();
  }

  /** After a conflict: saves, to replace what has this hash. Resolves when that is done, or failed for now. */
  async goOn(hash: string, theirs: Sources): Promise<void> {
    this.#resting = false;
    this.#conflictCopy = null;
    this.#hash = hash;
    this.#base = theirs;
    this.#version++;
    await this.now();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#resting) return;
    const { quiet, longest } = WAIT[this.#drafted === null ? 'outputs' : 'edits'];
    const pause = Math.min(quiet, (this.#firstChange ?? Date.now()) + longest - Date.now());
    const again = this.#failures === 0 ? 0 : AGAIN_MS.first * 2 ** Math.min(this.#failures - 1, 10);
    this.#timer = setTimeout(() => void this.now(), Math.max(0, pause, Math.min(again, AGAIN_MS.longest)));
  }

  async #save(): Promise<void> {
    if (!this.#options.online()) {
      this.#failures++;
      return this.#options.onState('offline');
    }
    const version = this.#version;
    const sources = this.#options.notebook.sources();
    this.#options.onState('saving');
    const answer = await this.#options.put(this.#options.notebook.text(), this.#hash);
    if (answer.kind === 'saved') {
      this.#hash = answer.hash;
      this.#base = sources;
      this.#done(version);
    } else if (answer.kind === 'conflict') {
      this.#resting = true;
      this.#conflictCopy = answer.copy;
      this.#options.onState('conflict');
      this.#options.onConflict(answer.copy);
    } else {
      this.#failures++;
      this.#options.onState('failed', answer.message);
    }
  }

  #done(version: number): void {
    this.#failures = 0;
    this.#savedVersion = version;
    this.#firstChange = this.unsaved ? Date.now() : null;
    if (this.unsaved) {
      this.#options.onState('unsaved');
      return;
    }
    clearTimeout(this.#draftTimer);
    this.#draftTimer = undefined;
    this.#drafted = null;
    void this.#options.keep(this.#hash, null);
    this.#options.notebook.clean();
    this.#options.onState('saved');
  }
}
