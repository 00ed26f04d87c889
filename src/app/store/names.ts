/** What a reader may call a notebook of their own. */

/** Any notebook's file name: one plain name, so no path can lead out of a folder. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*\.ipynb$/;

const LONGEST = 80;

/** Windows keeps these for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** What is wrong with a name for a new notebook, as a sentence; null when nothing is. `stem` is without `.ipynb`. */
export function nameFault(stem: string): string | null {
  if (stem === '') return 'A notebook needs a name.';
  if (stem.length > LONGEST) return `A name has at most ${LONGEST} characters; this one has ${stem.length}.`;
  if (/[/\\]/.test(stem)) return 'A name has no / and no \\: all your notebooks lie in one folder.';
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$/.test(stem))
    return `A name is made of the letters a to z, digits, '-', '_' and '.', and begins with a letter or a digit.`;
  if (/^\d\d-/.test(stem)) return 'Names that begin with two digits and a dash are those of the lessons.';
  if (/\.conflict-\d+$/.test(stem)) return `Names that end like '.conflict-1' are those of versions kept aside.`;
  return DEVICE.test(stem) ? `'${stem}' is the name of a device on Windows.` : null;
}

/** The nearest name that can be given, for instance `My-notes` for 'My notes'. */
export function tidyName(wish: string): string {
  const plain = wish
    .replace(/\.ipynb$/i, '')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/(\.conflict-\d+)+$/, '')
    .replace(/^(\d\d-)+/, '')
    .slice(0, LONGEST - 4)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9_]+$/g, '');
  return plain === '' || nameFault(plain) !== null ? 'notebook' : plain;
}

/** `stem`, or `stem-2`, `stem-3` …: the first that is not taken. Case does not count, for some disks do not tell it. */
export function freeName(stem: string, taken: readonly string[]): string {
  const used = new Set(taken.map(name => name.toLowerCase()));
  const free = (candidate: string): boolean => !used.has(`${candidate}.ipynb`.toLowerCase());
  if (free(stem)) return stem;
  let number = 2;
  while (!free(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}
