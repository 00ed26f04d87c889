/** What a step of a model does, as its code, with a link to the kernel's function of that name in that release. */
import { calledIn, hasName, kernelNames, notLookedUp } from '../linux/data/names.js';
import { parseTag } from '../linux/data/tag.js';
import { inspectSymbol } from './card.js';

const CROSS_REFERENCE = 'https://elixir.bootlin.com/linux';

export class Source {
  /** `vcpu.kvm_release_pfn_clean` */
  readonly step: string;
  /** The code that runs: the step, and below it the function that it calls. */
  readonly code: string;
  /** Where that release of the kernel defines a function of this name; null where no kernel function is meant. */
  readonly link: string | null;
  /** What the name stands for, in a sentence. */
  readonly about: string;

  constructor(step: string, code: string, link: string | null, about: string) {
    this.step = step;
    this.code = code;
    this.link = link;
    this.about = about;
  }

  get markdown(): string {
    const where = this.link === null ? this.about : `${this.about} [The kernel’s own](${this.link}).`;
    return `**\`${this.step}\`**: ${where}\n\n\`\`\`js\n${this.code}\n\`\`\``;
  }

  get text(): string {
    return [`${this.step}: ${this.about}`, ...(this.link === null ? [] : [this.link]), '', this.code].join('\n');
  }

  toString(): string {
    return this.text;
  }

  [inspectSymbol](): string {
    return this.text;
  }
}

/** The source of one step. `modules`: what a step may call (`mmu.kvm_release_pfn_clean(…)`). */
export function sourceOf(
  process: string,
  step: string,
  body: unknown,
  release: string | undefined,
  modules: readonly Readonly<Record<string, unknown>>[],
): Source {
  const own = dedented(String(body));
  const calls = /\b(?:\w+\.)?([a-z_]\w*)\(/g;
  const names = [...new Set([...own.matchAll(calls)].map(m => m[1] ?? ''))];
  const below = names.flatMap(name => {
    const fn = modules.find(module => name in module)?.[name];
    return typeof fn === 'function' ? [dedented(String(fn))] : [];
  });
  const called = release === undefined ? step : calledIn(release, step);
  const { link, about } = kernelPlace(called, release);
  return new Source(`${process}.${step}`, [own, ...below].join('\n\n'), link, about);
}

function kernelPlace(step: string, release: string | undefined): { link: string | null; about: string } {
  const known = kernelNames().find(n => n.name === step);
  if (known?.neverMerged === true) return { link: null, about: 'a function of a series that was not merged.' };
  if (known === undefined && notLookedUp().includes(step))
    return {
      link: null,
      about: `named after the kernel’s ${step}(); in which releases that exists was not looked up.`,
    };
  if (known === undefined) return { link: null, about: 'a step of this model.' };
  if (release === undefined) return { link: null, about: `stands for the kernel’s ${step}(): ${known.what}.` };
  if (!hasName(release, step))
    return {
      link: null,
      about: `a step under a name that ${release} does not have (the kernel’s ${step}(): ${known.what}).`,
    };
  const { line, rc, stable } = parseTag(release);
  const tag = stable !== undefined ? `${line}.${stable}` : rc !== undefined ? `${line}-rc${rc}` : line;
  return {
    link: `${CROSS_REFERENCE}/v${tag}/C/ident/${step}`,
    about: `stands for the kernel’s ${step}() in ${tag}: ${known.what}.`,
  };
}

/** Takes away the indentation that the lines after the first have in common. */
function dedented(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const depths = rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length);
  const least = depths.length === 0 ? 0 : Math.min(...depths);
  return [first, ...rest.map(line => line.slice(least))].join('\n');
}
