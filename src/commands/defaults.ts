/** Numbers that a command and its help text share. */

/** `put-page execute`: how long a cell may take, in seconds. */
export const SECONDS_A_CELL = 120;
/** `put-page execute`: notebooks at a time. */
export const JOBS = 2;
