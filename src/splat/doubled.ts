/** Logs in which every line stands twice: two consoles, or a console and a logger, that end in one file. */

interface Run {
  text: string;
  /** How often the text has come in a row. */
  times: number;
  /** How often the last line that cannot come twice by itself came. */
  factor: number;
}

/** Lines that may repeat without being doubled: calls of a recursion, and words of one value. */
function mayRepeat(text: string): boolean {
  if (/\+0x[0-9a-f]+\/0x[0-9a-f]+/.test(text)) return true;
  const words = /^(?:raw|head): ([0-9a-f ]+)$/.exec(text)?.[1]?.split(' ');
  return words?.every(w => w === words[0]) ?? false;
}

/** Callers whose last line is remembered. */
const callersKept = 128;

/** Tells the second copy of a line from a line that really comes twice. Lines of different callers do not meet. */
export class Doubled {
  private readonly runs = new Map<string, Run>();

  /** Whether this cleaned line is a copy of the one before it. */
  isCopy(text: string, caller: string): boolean {
    const run = this.runs.get(caller);
    if (run === undefined) {
      if (this.runs.size >= callersKept) this.runs.clear();
      this.runs.set(caller, { text, times: 1, factor: 1 });
      return false;
    }
    if (run.text !== text) {
      // Nearly always nothing was doubled, and nothing changes.
      if (run.factor !== run.times && !mayRepeat(run.text)) run.factor = run.times;
      run.text = text;
      run.times = 1;
      return false;
    }
    run.times++;
    return !mayRepeat(text) || (run.times - 1) % run.factor !== 0;
  }
}
