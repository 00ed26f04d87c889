/** A notebook's text: whole, or a line at a time. Nothing else, so that a page can read it too. */
export type Lines = string | readonly string[];

export const joinLines = (lines: Lines): string => (typeof lines === 'string' ? lines : lines.join(''));
