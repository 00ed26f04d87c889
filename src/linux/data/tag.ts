/** The name of a kernel as numbers: `5.4-rc8`, `6.1.192`, `6.8+v11`. Pure: whether a table knows it is releases.ts's business. */
import { KernelError } from './error.js';

export interface Tag {
  readonly tag: string;
  /** The mainline release: `6.1` of `6.1.192`. */
  readonly line: string;
  readonly major: number;
  readonly minor: number;
  /** 1 to 8, where it is a release candidate. */
  readonly rc?: number;
  /** 192 of `6.1.192`. */
  readonly stable?: number;
  /** `v11` of `6.8+v11`: a patch series on that release. */
  readonly series?: string;
}

const TAG =
  /^v?(?<line>(?<major>\d+)\.(?<minor>\d+))(?:-rc(?<rc>[1-8])|\.(?<stable>[1-9]\d*))?(?:\+(?<series>[\w.-]+))?$/;

/** Errors: not the name of a release. */
export function parseTag(text: string): Tag {
  const m = TAG.exec(text)?.groups;
  if (m === undefined)
    throw new KernelError(
      `'${text}' is not the name of a release; expected one like 5.3, 5.4-rc8, 6.1.192 or 6.8+v11 (a tag and a series)`,
    );
  return {
    tag: text.replace(/^v/, ''),
    line: m.line ?? '',
    major: Number(m.major),
    minor: Number(m.minor),
    ...(m.rc === undefined ? {} : { rc: Number(m.rc) }),
    ...(m.stable === undefined ? {} : { stable: Number(m.stable) }),
    ...(m.series === undefined ? {} : { series: m.series }),
  };
}

/** Mainline order: negative when `a` is the older one. A stable release stands where its mainline release stands. */
export function compareMainline(a: Tag, b: Tag): number {
  return a.major - b.major || a.minor - b.minor || (a.rc ?? 9) - (b.rc ?? 9);
}
