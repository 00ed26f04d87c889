/** The table "what each predicate says" of the facts, computed from the predicates and compared. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BACKINGS,
  backing,
  balanceOf,
  heldPage,
  kvm_is_reserved_pfn,
  kvm_is_zone_device_pfn,
  kvmRules,
  marksPage,
  release,
  releasePuts,
  takesReference,
} from '#src/linux/index.js';

const rules = (tag: string) => kvmRules(release(tag));
const yes = (b: boolean) => (b ? 'y' : 'n');

// backing: R in 5.3, 5.4, 5.6; Z; refcounted page in 6.12; puts in 5.3, 5.4, 5.6, 6.13
const TABLE: Readonly<Record<string, string>> = {
  anon: 'n n n n y yyyy',
  reserved: 'y y y n n nnnn',
  zero: 'y y n n y nnyy',
  devdax: 'y n n y y nyyy',
  fsdax: 'y n n y y nyyy',
  mmio: 'y y y n n nnnn',
  pfnmap: 'n n n n y yyyn',
};

for (const name of BACKINGS)
  test(`what each predicate says: ${name}`, () => {
    const pfn = heldPage(backing(name));
    const R = (tag: string) => yes(kvm_is_reserved_pfn(rules(tag), pfn));
    const puts = (tag: string) => yes(releasePuts(rules(tag), pfn, () => takesReference(rules(tag), pfn)));
    assert.equal(
      [
        R('5.3'),
        R('5.4'),
        R('5.6'),
        yes(kvm_is_zone_device_pfn(pfn)),
        yes(!kvm_is_reserved_pfn(rules('6.12'), pfn)),
        ['5.3', '5.4', '5.6', '6.13'].map(puts).join(''),
      ].join(' '),
      TABLE[name],
    );
  });

test('who leaks when: the zero page until 5.6, device pages until 5.4-rc8, nobody else', () => {
  const leaks = (tag: string) => BACKINGS.filter(b => balanceOf(rules(tag), backing(b)) !== 'balanced');
  assert.deepEqual(leaks('5.3'), ['zero', 'devdax', 'fsdax']);
  assert.deepEqual(leaks('5.4-rc7'), ['zero', 'devdax', 'fsdax']);
  assert.deepEqual(leaks('5.4-rc8'), ['zero']);
  for (const tag of ['5.6', '5.19', '6.0', '6.12', '6.13', '7.2.13']) assert.deepEqual(leaks(tag), [], tag);
});

test('the wrong fixes: what each breaks', () => {
  const broken = (fix: Parameters<typeof kvmRules>[1], tag: string) =>
    [...BACKINGS, 'devdax-pfnmap']
      .map(b => [b, balanceOf(kvmRules(release(tag), fix), backing(b))])
      .filter(([, b]) => b !== 'balanced');
  assert.deepEqual(broken('always-put', '5.3'), [
    ['reserved', 'underflow'],
    ['devdax-pfnmap', 'underflow'],
  ]);
  assert.deepEqual(broken('early-put', '5.3'), [['zero', 'leak']]);
  assert.deepEqual(broken('clear-reserved', '5.3'), [['zero', 'leak']]);
  assert.deepEqual(broken('get-skips-device', '5.4'), [
    ['zero', 'leak'],
    ['devdax-pfnmap', 'underflow'],
  ]);
});

test('dirty and accessed: device pages never by design; the zero page from 5.6 to 5.19, a side effect', () => {
  const marked = (tag: string) => BACKINGS.filter(b => marksPage(rules(tag), heldPage(backing(b))));
  assert.deepEqual(marked('5.3'), ['anon', 'pfnmap']);
  assert.deepEqual(marked('5.4'), ['anon', 'pfnmap']);
  assert.deepEqual(marked('5.6'), ['anon', 'zero', 'pfnmap']);
  assert.deepEqual(marked('5.19'), ['anon', 'zero', 'pfnmap']);
  assert.deepEqual(marked('6.1.192'), ['anon', 'pfnmap']);
  const cleared = kvmRules(release('5.3'), 'clear-reserved');
  assert.equal(marksPage(cleared, heldPage(backing('devdax'))), true);
});

test('the zone of a page is asked while it is held: at count 0 the answer is no', () => {
  const b = backing('devdax');
  assert.equal(kvm_is_zone_device_pfn({ backing: b, page_count_above_0: () => false }), false);
  const asked: string[] = [];
  kvm_is_reserved_pfn(rules('5.4'), {
    backing: backing('anon'),
    page_count_above_0: () => asked.push('asked') > 0,
  });
  assert.deepEqual(asked, [], 'a page without PG_reserved is never asked for its zone');
});

test('unknown names are refused with the known ones', () => {
  assert.throws(() => backing('ram'), /no backing is called 'ram'; expected one of anon/);
  assert.throws(() => kvmRules(release('5.3'), 'mine' as 'none'), /no fix is called 'mine'; expected one of none/);
});
