/** What the page of a model and its worker say to each other. */
import type { Settings } from '../../../model/scenario.js';
import type { Taken } from '../../walk.js';

export interface Asked {
  readonly scenario: string;
  readonly settings: Settings;
  /** `always`: all safety properties. */
  readonly property: string;
  /** The search begins behind these steps. */
  readonly after: readonly Taken[];
}

export interface Searched {
  readonly verdict: string;
  readonly says: string;
  /** The run that shows it, from where the search began; a lasso's cycle once. */
  readonly taken: readonly Taken[];
  readonly cycle: number;
  readonly lasso: boolean;
  /** Behind so many steps the search began. */
  readonly after: number;
}

export interface Answer {
  readonly progress?: number;
  readonly searched?: Searched;
  readonly error?: string;
}
