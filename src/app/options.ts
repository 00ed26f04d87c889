/** What a run of the application is asked for. */

export interface StartOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Whether the notebooks are opened in the browser. */
  readonly browser: boolean;
  /** Folder with the notebooks; default `notebooks/` of the clone. */
  readonly notebooks?: string;
}

export const DEFAULT_PORT = 8888;
