/** What a run of the application is asked for. */

export interface StartOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Whether the notebooks are opened in the browser. */
  readonly browser: boolean;
  /** Folder with the notebooks; default `notebooks/` of the kit. */
  readonly notebooks?: string;
  /** Folder for working copies and progress; default: `.put-page/` of a clone, else this user's state folder. */
  readonly state?: string;
}

export const DEFAULT_PORT = 8888;
