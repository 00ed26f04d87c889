/** zone-device-leak as a scenario: what the command line and a reader may set, each in a word or a number. */
import { WRONG_FIXES, type WrongFix } from '../../linux/kvm/kvm_main.js';
import { BACKINGS, backing } from '../../linux/mm/backing.js';
import { defineScenario } from '../../model/scenario.js';
import { zoneDeviceLeak } from './model.js';

const yesNo = ['no', 'yes'];
const choice = (name: string, values: readonly string[], meaning: string) => ({
  name,
  values,
  meaning,
  default: values[0] ?? '',
});
const number = (name: string, value: number, min: number, max: number, meaning: string) => ({
  name,
  default: value,
  min,
  max,
  meaning,
});

export const zoneDeviceLeakScenario = defineScenario({
  name: 'zone-device-leak',
  summary: 'KVM gets device pages: does it put them, and what waits if it does not?',
  thread: 'zone-device-leak',
  maker: zoneDeviceLeak,
  releases: [
    '5.3',
    '4.8',
    '4.12',
    '5.4-rc7',
    '5.4-rc8',
    '5.4',
    '5.6',
    '5.17',
    '5.18',
    '6.1.192',
    '6.12.117',
    '6.13',
    '7.2.13',
  ],
  parameters: [
    number('pages', 2, 1, 64, 'pages of the guest, and of the device'),
    number('vcpus', 1, 1, 4, 'vCPUs that fault'),
    number('faults', 3, 1, 1000, 'how many references of one vCPU to one page the model counts'),
    number('zaps', 0, 0, 8, 'invalidations that change no mapping'),
    choice('backing', ['devdax', ...BACKINGS.filter(b => b !== 'devdax'), 'devdax-pfnmap'], 'what backs the guest'),
    choice('fix', WRONG_FIXES, 'a fix that was not merged, in place of what the release does'),
    choice('map', yesNo, 'a nested guest uses kvm_vcpu_map()'),
    choice('host', ['unbind', 'truncate', 'nothing'], 'what the host does'),
    choice('prefetch', yesNo, 'a fault maps its neighbours too'),
    choice('exit', yesNo, 'the VMM may exit, and its mappings go'),
    choice('io', yesNo, 'somebody else takes a long-term pin of page 0'),
    choice('memmap', ['goes', 'stays'], 'what becomes of the struct pages when the device goes'),
  ],
  model: p =>
    zoneDeviceLeak({
      release: String(p.release),
      pages: Number(p.pages),
      vcpus: Number(p.vcpus),
      faults: Number(p.faults),
      zaps: Number(p.zaps),
      backing: backing(String(p.backing)).name,
      fix: p.fix as WrongFix,
      map: p.map === 'yes',
      host: p.host as 'unbind' | 'truncate' | 'nothing',
      prefetch: p.prefetch === 'yes',
      exit: p.exit === 'yes',
      io: p.io === 'yes',
      memmap: p.memmap as 'goes' | 'stays',
    }),
});
