/** release-contract, for `put-page scenarios` and `put-page explore`. */
import { defineScenario } from '../../model/scenario.js';
import { HISTORIC_RULES, historicRule } from './history.js';
import { MATRIX_RELEASES } from './matrix.js';
import { releaseContract } from './model.js';
import { CONTRACT_KINDS } from './page-kinds.js';

export const releaseContractScenario = defineScenario({
  name: 'release-contract',
  summary: 'A rule for taking and putting references, against one kind of page: does it leave everything as it was?',
  thread: null,
  releases: ['6.13', ...MATRIX_RELEASES.filter(r => r !== '6.13')],
  parameters: [
    {
      name: 'rule',
      default: '5.6',
      values: HISTORIC_RULES.map(r => r.name),
      meaning: 'whose rule: a release’s, or vfio’s',
    },
    { name: 'kind', default: 'TTM tail', values: CONTRACT_KINDS.map(k => k.name), meaning: 'what the guest touches' },
  ],
  maker: releaseContract,
  model: p =>
    releaseContract({
      release: String(p.release),
      kind: String(p.kind),
      rule: historicRule(String(p.rule)).contract,
    }),
});
