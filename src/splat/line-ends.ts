/** Carriage returns that stand alone end a line too: classic Mac files, consoles saved by a terminal program, bars of progress. */

const [lf, cr] = [10, 13];
/** As many carriage returns before a line feed as serial consoles print are one line end. */
const longestRun = 4;

/** Turns each carriage return that ends a line alone into a line feed, over pieces of any size. */
export class LineEnds {
  /** Carriage returns at the end of the piece before: what they are, the next byte tells. */
  private pending = 0;
  /** The last byte of the piece before. */
  private last = 0;

  /** The piece, copied only where something in it changes. */
  take(piece: Uint8Array): Uint8Array {
    let bytes = piece;
    if (this.pending > 0 && piece.length > 0) {
      bytes = new Uint8Array(this.pending + piece.length).fill(cr, 0, this.pending);
      bytes.set(piece, this.pending);
      this.pending = 0;
    }
    const first = bytes.indexOf(cr);
    if (first >= 0) bytes = this.change(bytes, first, bytes !== piece);
    this.last = bytes.at(-1) ?? this.last;
    return bytes;
  }

  /** What was held back when the input ends. */
  end(): Uint8Array {
    const rest = new Uint8Array(this.pending).fill(lf);
    this.pending = 0;
    return rest;
  }

  private change(bytes: Uint8Array, first: number, own: boolean): Uint8Array {
    let out = own ? bytes : null;
    let length = bytes.length;
    for (let at = first; at >= 0 && at < length; ) {
      let to = at + 1;
      while (bytes[to] === cr) to++;
      if (to === bytes.length) {
        this.pending = Math.min(to - at, longestRun);
        to = length -= this.pending;
      } else if (bytes[to] === lf ? to - at <= longestRun : to - at === 1 && this.before(bytes, at) === lf) at = to;
      if (at < to) out = (out ?? bytes.slice()).fill(lf, at, to);
      at = bytes.indexOf(cr, to);
    }
    return (out ?? bytes).subarray(0, length);
  }

  private before(bytes: Uint8Array, at: number): number {
    return at > 0 ? (bytes[at - 1] ?? 0) : this.last;
  }
}
