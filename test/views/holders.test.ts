/** One table of holders: every figure that names one draws it alike, edges can be seen, and no two holders of a story look the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Machine } from '#src/model/machine.js';
import { scenarios } from '#src/stories/registry.js';
import { INK, LOOKS, TONES } from '#src/views/colours.js';
import { darkened, darkOf, NIGHT } from '#src/views/dark.js';
import { classOf } from '#src/views/holders.js';
import { type Figure, HOLDERS, looksFor } from '#src/views/index.js';
import { gallery } from './gallery.js';

const luminance = (colour: string): number => {
  const part = (at: number): number => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
};
const contrast = (a: string, b: string): number => {
  const [x = 0, y = 0] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};

interface Named {
  readonly name?: string;
  readonly legendgroup?: string;
  readonly fillcolor?: string;
  readonly fillpattern?: { readonly shape: string };
  readonly marker?: { readonly color?: unknown; readonly pattern?: { readonly shape: string } };
}

/** The traces of a figure that stand for a holder of the table, with what they draw. */
function drawn(figure: Pick<Figure, 'plotly'>): readonly { holder: string; colour: unknown; pattern: string }[] {
  const says = new Map(Object.entries(HOLDERS).map(([name, look]) => [look.says, name]));
  return (figure.plotly.data as readonly Named[]).flatMap(t => {
    const holder = says.get(t.name ?? '') ?? t.name ?? '';
    if (!Object.hasOwn(HOLDERS, classOf(holder)) || (t.legendgroup === undefined && t.fillcolor === undefined))
      return [];
    const pattern = t.fillpattern?.shape ?? t.marker?.pattern?.shape ?? '';
    return [{ holder, colour: t.fillcolor ?? t.marker?.color, pattern }];
  });
}

test('every figure of the gallery that names a holder draws it as in the table', () => {
  const all = Object.entries(gallery).flatMap(([name, make]) =>
    drawn(name === 'holders-dark' ? (gallery.holders?.() ?? make()) : make()).map(d => ({ name, ...d })),
  );
  assert.ok(new Set(all.map(d => d.name)).size >= 6, 'the figures that draw holders are found');
  for (const { name, holder, colour, pattern } of all) {
    const look = looksFor([holder]).get(holder);
    assert.equal(colour, look?.pale, `${name}: the colour of ${holder}`);
    assert.equal(pattern, look?.pattern, `${name}: the pattern of ${holder}`);
  }
});

test('edges, patterns and lines have 3:1 against white, and words 4.5:1 on their fill', () => {
  for (const [name, look] of Object.entries(HOLDERS)) {
    assert.ok(contrast(look.line, '#ffffff') >= 3, `${name}: ${contrast(look.line, '#ffffff')}`);
    assert.ok(contrast('#1a1a1a', look.pale) >= 4.5, `${name}: words on ${look.pale}`);
  }
  for (const { line } of LOOKS) assert.ok(contrast(line, '#ffffff') >= 3, `${line}: ${contrast(line, '#ffffff')}`);
});

test('on a dark page, too: edges and patterns 3:1 against the ground, words 4.5:1 on every fill, and no two holders become one', () => {
  assert.equal(darkOf('#ffffff'), NIGHT);
  for (const [name, look] of Object.entries(HOLDERS)) {
    assert.ok(contrast(darkOf(look.line), NIGHT) >= 3, `${name}: ${contrast(darkOf(look.line), NIGHT)}`);
    assert.ok(contrast(darkOf(look.line), darkOf(look.pale)) >= 2, `${name}: its pattern on its fill`);
    assert.ok(contrast(darkOf(INK), darkOf(look.pale)) >= 4.5, `${name}: words on ${darkOf(look.pale)}`);
  }
  for (const tone of Object.values(TONES)) assert.ok(contrast(darkOf(INK), darkOf(tone)) >= 4.5, `words on ${tone}`);
  for (const { line } of LOOKS) assert.ok(contrast(darkOf(line), NIGHT) >= 3, line);
  const fills = [...new Set(Object.values(HOLDERS).map(l => l.pale))];
  assert.equal(new Set(fills.map(darkOf)).size, fills.length);
});

test('a dark figure is the same figure: only colours differ, and none is left', () => {
  for (const [name, make] of Object.entries(gallery)) {
    const { plotly } = make();
    const bare = (f: object): string => JSON.stringify(f).replaceAll(/"#[0-9a-f]{6}"/g, '""');
    if (plotly.layout.paper_bgcolor === NIGHT) continue;
    assert.equal(bare(darkened(plotly)), bare(plotly), name);
    assert.doesNotMatch(JSON.stringify(darkened(plotly)), /"#(ffffff|1a1a1a|5f5f5f)"/, name);
  }
});

test('every holder of every story is in the table, and no two of one counter look alike', () => {
  for (const s of scenarios)
    for (const c of new Machine(s.model()).layout.counts) {
      const classes = [...new Set(c.parts.map(p => classOf(p.holder)))];
      for (const of of classes) assert.ok(Object.hasOwn(HOLDERS, of), `${s.name}: ${c.path} has the holder '${of}'`);
      const looks = classes.map(of => `${HOLDERS[of]?.pale} ${HOLDERS[of]?.pattern}`);
      // One batch under two names of the kernel: lru_batch and lru_add.
      assert.equal(new Set(looks).size, classes.length, `${s.name}: ${c.path}: ${classes.join(', ')}`);
    }
});

test('strangers get looks of their own, whatever they are called', () => {
  const looks = looksFor(['gup[0]', 'gup[1]', 'cat', 'dog', 'constructor']);
  assert.equal(looks.get('gup[0]')?.pale, looks.get('gup[1]')?.pale);
  assert.notEqual(looks.get('gup[0]')?.pattern, looks.get('gup[1]')?.pattern);
  const drawnAs = ['cat', 'dog', 'constructor'].map(n => `${looks.get(n)?.pale} ${looks.get(n)?.pattern}`);
  assert.equal(new Set(drawnAs).size, 3);
  assert.equal(looks.get('cat')?.says, 'cat');
});
