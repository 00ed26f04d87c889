/** `put-page decode` in a page. The page's policy allows no connection at all: what is pasted stays here. */
import { coloured, type Decoded, decoded, NONE } from '../decoded.js';

function found<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}

const log = found<HTMLTextAreaElement>('log');
const release = found<HTMLInputElement>('release');
const json = found<HTMLInputElement>('json');
const file = found<HTMLInputElement>('file');
const result = found<HTMLElement>('result');
const said = found<HTMLElement>('said');
const copy = found<HTMLButtonElement>('copy');

/** A release as the decoder takes it; undefined where none is given, null for what is none. */
function releaseGiven(): string | undefined | null {
  const text = release.value.trim();
  if (text === '') return undefined;
  return /^v?\d{1,3}\.\d{1,3}/.test(text) ? text : null;
}

function tell(text: string, bad = false): void {
  said.textContent = text;
  said.dataset.bad = String(bad);
}

function inColour(text: string, code: string): Node {
  if (code === '') return document.createTextNode(text);
  const span = document.createElement('span');
  span.textContent = text;
  span.className = `c${code.replace(';', '-')}`;
  return span;
}

/** A line is an element of its own, so that what does not fit goes on below its text and not below the margin. */
function inLines(output: string): readonly HTMLElement[] {
  const lines: HTMLElement[] = [];
  let line: HTMLElement | undefined;
  for (const { text, code } of coloured(output))
    for (const piece of text.split(/(?<=\n)/)) {
      if (line === undefined) {
        line = document.createElement('div');
        lines.push(line);
      }
      line.append(inColour(piece, code));
      if (piece.endsWith('\n')) line = undefined;
    }
  return lines;
}

function draw({ reports, output }: Decoded): void {
  result.replaceChildren(...inLines(output));
  result.hidden = reports === 0;
  copy.hidden = reports === 0;
  tell(reports === 0 ? NONE : reports === 1 ? 'One report.' : `${reports} reports.`, reports === 0);
}

function show(): void {
  const asked = releaseGiven();
  release.setAttribute('aria-invalid', String(asked === null));
  if (log.value.trim() === '') {
    result.hidden = true;
    copy.hidden = true;
    tell('');
  } else if (asked === null)
    tell(`“${release.value.trim()}” is no kernel release; expected a number such as 6.9, 6.9.12 or 5.19-rc2.`, true);
  else draw(decoded(log.value, json.checked, asked));
}

async function take(chosen: File | undefined): Promise<void> {
  if (chosen === undefined) return;
  log.value = await chosen.text();
  show();
}

log.addEventListener('input', show);
release.addEventListener('input', show);
json.addEventListener('change', show);
file.addEventListener('change', () => void take(file.files?.[0]));
found('sample').addEventListener('click', () => {
  log.value = found('sample-log').textContent ?? '';
  show();
  log.scrollTop = 0;
});
copy.addEventListener('click', async () => {
  await navigator.clipboard.writeText(result.textContent ?? '');
  tell('Copied.');
});
log.addEventListener('dragover', event => event.preventDefault());
log.addEventListener('drop', event => {
  const dropped = event.dataTransfer?.files[0];
  if (dropped === undefined) return;
  event.preventDefault();
  void take(dropped);
});
show();
