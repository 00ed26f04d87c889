/** Each scenario by name, loaded when it is asked for: a search waits for its own story only. `all.ts` has them all at once. */
import type { Scenario } from '../model/scenario.js';

const loaders: Readonly<Record<string, () => Promise<Scenario>>> = {
  'anon-page': async () => (await import('./start-here/anon-page.js')).anonPageScenario,
  gupref: async () => (await import('./start-here/gupref.js')).guprefScenario,
  'invalidate-range': async () => (await import('./ttm-tail-pages/invalidate-range.js')).invalidateRangeScenario,
  pfncache: async () => (await import('./precise-tracking/pfncache.js')).pfncacheScenario,
  'hva-to-pfn': async () => (await import('./precise-tracking/hva-to-pfn.js')).hvaToPfnScenario,
  protocol: async () => (await import('./start-here/protocol.js')).protocolScenario,
  refault: async () => (await import('./ttm-tail-pages/refault.js')).refaultScenario,
  'zone-device-leak': async () => (await import('./zone-device/scenario.js')).zoneDeviceLeakScenario,
  'thp-shift': async () => (await import('./zone-device/thp-shift.js')).thpShiftScenario,
  'series-designs': async () => (await import('./precise-tracking/series-designs.js')).seriesDesignsScenario,
  'tracked-reference': async () => (await import('./precise-tracking/model.js')).trackedReferenceScenario,
  'ttm-tail-page': async () => (await import('./ttm-tail-pages/model.js')).ttmTailPageScenario,
  'ttm-placement': async () => (await import('./ttm-tail-pages/placement.js')).ttmPlacementScenario,
  'virtio-gpu-blob': async () => (await import('./ttm-tail-pages/virtio-gpu-blob.js')).virtioGpuBlobScenario,
  'zero-pfn-loop': async () => (await import('./zero-pfn/model.js')).zeroPfnScenario,
  'bad-page-splat': async () => (await import('./bad-page-splat/model.js')).badPageSplatScenario,
};

/**
 * The scenario of this name. One that has no line above is found in the list of all, which takes longer to load: a new story needs no line
 * here. Errors: there is none of this name.
 */
export async function loadScenario(name: string): Promise<Scenario> {
  const load = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  return load === undefined ? (await import('./registry.js')).scenario(name) : load();
}

/** Scenarios that are loaded without the others. */
export const shortcuts: readonly string[] = Object.keys(loaders);
