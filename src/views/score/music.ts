/** What a score is drawn from: plain data that can lie in a file, and be drawn at any width by whoever reads it. */
import type { EventMark, Ground } from '../../model/index.js';
import type { Stack } from './stack.js';

export interface ScoreRow {
  /** Steps that the row stands for, counted from 1; 0 and 0 is the start. */
  readonly from: number;
  readonly to: number;
  /** Index of the lane; -1 where several lanes are folded. */
  readonly lane: number;
  /** The step's name, or what is folded. */
  readonly name: string;
  readonly phrase: string;
  readonly marks: readonly EventMark[];
  /** What it did to references; '' where it is no single step. */
  readonly sign: 'takes' | 'gives' | 'none' | 'waits' | '';
  /** What the pointer is told, a line each. */
  readonly hover: readonly string[];
}

export interface Music {
  readonly title: string;
  /** A lane a process. */
  readonly lanes: readonly string[];
  readonly rows: readonly ScoreRow[];
  /** One or two counts, in the same rows. */
  readonly stacks: readonly Stack[];
  /** Steps of the whole run. */
  readonly steps: number;
  /** The sentence: events first. */
  readonly text: string;
  /** Rules of releases that it rests on. */
  readonly grounds: readonly Ground[];
}
