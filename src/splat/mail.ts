/** Quoted-printable as mail archives keep it: `=3D`, `=C2=A0`, and lines cut with a trailing `=`. */

const escaped = /(?:=[0-9A-F]{2})+/g;
const sure = /=3D|=C2=A0|=20$|=5F|=7C|=5B/;
const utf8 = new TextDecoder();

/** Decodes one line; undecodable bytes become U+FFFD. */
function decodeLine(line: string): string {
  return line.replace(escaped, run => {
    const bytes = run.match(/[0-9A-F]{2}/g) ?? [];
    return utf8.decode(Uint8Array.from(bytes, b => Number.parseInt(b, 16)));
  });
}

/** Remembers whether the lines are quoted-printable and puts soft-broken lines together. */
export class MailText {
  private quoted = false;
  private held: string | null = null;

  /** Whether a soft break waits for its next line. */
  get holds(): boolean {
    return this.held !== null;
  }

  /** Takes a physical line; returns the text once it is whole, null while a soft break holds it back. */
  take(line: string): string | null {
    if (this.held === null && !line.includes('=') && !/^Content-T/i.test(line)) return line;
    const header = /^Content-Transfer-Encoding:\s*(\S+)/i.exec(line);
    if (header !== null) this.quoted = header[1]?.toLowerCase() === 'quoted-printable';
    else if (sure.test(line)) this.quoted = true;
    else if (/\bzone=\d/.test(line)) this.quoted = false;
    else if (line.length >= 70 && line.length <= 76 && /[^=]=$/.test(line)) this.quoted = true;
    if (!this.quoted) return this.join(line);
    // A soft break inside a quotation is followed by the quotation marks again.
    if (/[^=]=$/.test(line) && line.length < 100 && (this.held?.length ?? 0) < 4096) {
      this.held = this.join(line.slice(0, -1));
      return null;
    }
    return decodeLine(this.join(line));
  }

  /** What a soft break still held at the end of the input. */
  end(): string | null {
    const rest = this.held;
    this.held = null;
    return rest === null ? null : decodeLine(rest);
  }

  private join(line: string): string {
    if (this.held === null) return line;
    const whole = this.held + line;
    this.held = null;
    return whole;
  }
}
