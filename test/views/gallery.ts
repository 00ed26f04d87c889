/** Every figure of docs/figures.md, by file name. The pictures there and the snapshots here are made from it: `UPDATE=1 npm test -- views`. */
import { explore } from '#src/explorer/index.js';
import { run } from '#src/kit/index.js';
import { BACKINGS, backing, balanceOf, kvmRules, release } from '#src/linux/index.js';
import { splats, tracking, ttm, zoneDevice } from '#src/stories/all.js';
import { darkened, darkOf } from '#src/views/dark.js';
import {
  bars,
  type CellValue,
  coverageMap,
  curve,
  depthProfile,
  drawSvg,
  type Figure,
  flagBits,
  heatMap,
  holderTable,
  ledgerChart,
  lifeOf,
  pageLifecycle,
  releaseMatrix,
  sideBySide,
  staircase,
  stateGraph,
  swimLanes,
  timeline,
  truthTable,
  twoRuns,
} from '#src/views/index.js';
import {
  doublePut,
  faultModel,
  fix,
  heads,
  leak,
  leakOf,
  loop,
  pinned,
  race,
  widthAt,
  ZERO_PAGE_CASES,
  ZERO_PAGE_RULES,
} from './examples.js';

const balance = (kind: string, tag: string): CellValue => {
  const text = balanceOf(kvmRules(release(tag)), backing(kind));
  return { text, tone: text === 'leak' ? 'bad' : text === 'underflow' ? 'warn' : 'good' };
};
const NAMES = { 2: 'referenced', 3: 'uptodate', 17: 'mappedtodisk', 19: 'swapbacked' };
const FIELDS = [
  { name: 'node', from: 54, to: 63 },
  { name: 'zone', from: 51, to: 53 },
  { name: 'last_cpupid', from: 30, to: 50 },
];
const steps = Array.from({ length: 11 }, (_, i) => i);

/** The opening runs of notebooks 02, 01 and 05. */
export const cve = () => run(ttm.ttmTailPage({ release: '5.12' }), ['vcpu to kvm_faultin_pfn', 'other', 'guest']);
export const leakRun = () => {
  const world = zoneDevice.zoneDeviceLeak({ release: '5.3', pages: 4, zaps: 1, exit: true });
  return run(world, [zoneDevice.guestTouches(0), 'notifier x2', zoneDevice.guestTouches(0)]);
};
export const splat = () =>
  run(splats.badPageSplat({ release: '6.9.12+v11', pages: 31 }), ['vcpu to kvm_finish_page_fault', 'vcpu']);

/** What a telephone shows, as a picture. */
function onTelephone(figure: Figure): Figure {
  const plotly = figure.narrow ?? figure.plotly;
  return { ...figure, plotly, svg: drawSvg(plotly, figure.text) };
}
/** What a dark page shows, as a picture. */
function onDark(figure: Figure): Figure {
  return { ...figure, plotly: darkened(figure.plotly), svg: figure.svg.replaceAll(/#[0-9a-f]{6}/g, darkOf) };
}

export const gallery: Readonly<Record<string, () => Figure>> = {
  score: () => cve().score('page[1]._refcount', { title: 'Linux 5.12: KVM frees a page that it never owned' }),
  'score-folded': () =>
    leakRun().score('page[0]._refcount', { title: 'Linux 5.3: two faults, two references that nobody gives back' }),
  'score-overdraft': () => splat().score('page[0]._refcount', { title: 'v11 on 6.9.12: put at once, and put again' }),
  'two-runs': () =>
    twoRuns(
      { title: '5.3: the put is skipped', run: leak() },
      { title: '5.4: release puts', run: fix() },
      'page._refcount',
      { title: 'One reference too many: 5.3 and 5.4 beside each other' },
    ),
  'score-narrow': () =>
    cve().score('page[1]._refcount', { title: 'Linux 5.12: KVM frees a page that it never owned', width: 390 }),
  holders: () => holderTable(),
  'holders-dark': () => onDark(holderTable()),
  'ledger-leak': () => ledgerChart(leak()),
  'ledger-overdraft': () => ledgerChart(doublePut(), { slider: false }),
  'ledger-not-to-scale': () => ledgerChart(pinned(), { count: 'page[0]._refcount', slider: false }),
  'side-by-side': () =>
    sideBySide([
      { title: 'the bug: release skips the put', ledger: leak() },
      { title: 'the fix: release puts', ledger: fix() },
    ]),
  'swim-lanes': () => swimLanes(doublePut()),
  'truth-table': () =>
    truthTable({
      title: 'May it be pinned for long? One clause changes its sign, and changes back',
      rowTitle: 'page',
      rows: Object.keys(ZERO_PAGE_CASES),
      columns: Object.keys(ZERO_PAGE_RULES),
      cell: (row, column) => {
        const page = ZERO_PAGE_CASES[row];
        const yes = page !== undefined && ZERO_PAGE_RULES[column]?.(page) === true;
        return { text: yes ? 'yes' : 'no', tone: yes ? 'good' : page?.zero === true ? 'bad' : 'plain' };
      },
    }),
  'release-matrix': () =>
    releaseMatrix({
      title: 'What one KVM fault leaves behind',
      kinds: BACKINGS,
      releases: ['5.3', '5.4', '5.6', '5.10', '6.1', '6.12', '6.13'],
      cell: balance,
    }),
  'release-matrix-narrow': () => onTelephone(gallery['release-matrix']?.() as Figure),
  'heat-map': () =>
    heatMap({
      title: 'One page that cannot move, and the passes over 62 pages never end',
      unit: 'passes',
      rowTitle: 'pages that cannot move',
      columnTitle: 'pages a batch',
      rows: ['0', '1'],
      columns: ['1', '15', '31', '62'],
      value: (stuck, batch) => (stuck === '0' ? Math.ceil(62 / Number(batch)) : Number.POSITIVE_INFINITY),
    }),
  staircase: () =>
    staircase({
      title: 'Ten faults on one device page: the leak climbs, the fix comes back',
      unit: '_refcount',
      stairs: [
        { name: 'release skips the put', values: leakOf(0) },
        { name: 'release puts', values: leakOf(1) },
      ],
    }),
  'page-lifecycle': () =>
    pageLifecycle({
      title: 'Stale: the SPTE still maps page 0 when its PTE is gone',
      lives: [
        lifeOf(race(), 'mm.pte', v => (v === null ? 'plain' : 'good')),
        lifeOf(race(), 'kvm.spte', v => (v === null ? 'plain' : 'bad')),
        lifeOf(race(), 'page[0]._refcount', v => (v === 0 ? 'bad' : 'info')),
      ],
      labels: ['start', ...race().steps.map(s => s.step)],
    }),
  curve: () =>
    curve({
      title: 'A TTM buffer on 6.12: the share of pages that a guest can touch',
      xTitle: 'pages in the buffer',
      yTitle: 'share that works',
      xLog: true,
      yLog: true,
      series: [10, 4, 0].map(order => {
        const x = Array.from({ length: 12 }, (_, i) => 2 ** i);
        return { name: `largest order ${order}`, x, y: x.map(n => heads(n, order) / n) };
      }),
      marks: [{ x: 1024, text: 'MAX_ORDER block' }],
    }),
  bars: () =>
    bars({
      title: 'Memory that is in pieces makes more of the buffer work',
      unit: 'pages of 1000 that a guest can touch',
      labels: steps.map(o => `largest order ${o}`),
      log: true,
      series: [
        { name: '6.12: only heads', values: steps.map(o => heads(1000, o)) },
        { name: '6.13: every page', values: steps.map(() => 1000) },
      ],
    }),
  'flag-bits': () => flagBits({ value: '0x17ffffc00a000c', names: NAMES, fields: FIELDS }),
  'state-graph-lasso': () => stateGraph(loop(2, 5), { title: 'Nothing is broken, and it never ends' }),
  'state-graph-layers': () =>
    stateGraph({
      nodes: ['free', 'allocated', 'mapped', 'pinned', 'mapped and pinned', 'isolated'].map(label => ({ label })),
      edges: [
        { from: 0, to: 1, kind: 'other' },
        { from: 1, to: 2, kind: 'other' },
        { from: 1, to: 3, kind: 'other' },
        { from: 2, to: 4, kind: 'other' },
        { from: 3, to: 4, kind: 'other' },
        { from: 2, to: 5, kind: 'other' },
        { from: 5, to: 2, kind: 'other' },
        { from: 4, to: 0, kind: 'other' },
      ],
    }),
  'changes-beside': () => tracking.recordedFaults().figure(),
  'depth-profile': () => depthProfile(widthAt(4, 6)),
  'coverage-map': () => coverageMap(explore(faultModel('fault', 1), { engine: 'interpreter' }).coverage),
  timeline: () =>
    timeline(
      [
        { date: '2016-10', label: '4.8 gets the page behind follow_pte', evidence: 'read' },
        { date: '2021-02', label: 'report: a guest frees host pages', evidence: 'read' },
        { date: '2021-06', label: '5.13: get_page_unless_zero', evidence: 'read' },
        { date: '2022-08', label: 'thread: TTM tail pages', evidence: 'read' },
        { date: '2024-02', label: 'v11 of the series', evidence: 'read' },
        { date: '2024-03', label: '6.8: the unlocked retry', evidence: 'read' },
        { date: '2024-07', label: 'v12; the bad page state is reported', evidence: 'inferred' },
        { date: '2024-10', label: 'v13 merged', evidence: 'read' },
        { date: '2025-01', label: '6.13: every reference is tracked', evidence: 'recorded' },
      ],
      { title: 'From a guess to a tracked reference: eight years' },
    ),
};
