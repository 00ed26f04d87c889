/** Where a kit can run, and which binary of zeromq it needs there. */
export const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64'] as const;

export type Platform = (typeof PLATFORMS)[number];

/** This machine, if a kit can run on it. */
export const thisPlatform = (): Platform | undefined =>
  PLATFORMS.find(name => name === `${process.platform}-${process.arch}`);

/** zeromq's manifest names a binary by its configuration, as JSON. */
interface Build {
  readonly os: string;
  readonly arch: string;
}

/** Of zeromq's manifest what one platform needs. Errors: RangeError where it has no binary for it. */
export function manifestFor(manifest: string, platform: Platform): Readonly<Record<string, string>> {
  const all = Object.entries(JSON.parse(manifest) as Record<string, string>);
  const kept = all.filter(([config]) => {
    const { os, arch } = JSON.parse(config) as Build;
    return `${os}-${arch}` === platform;
  });
  if (kept.length > 0) return Object.fromEntries(kept);
  const there = all.map(([config]) => JSON.parse(config) as Build).map(({ os, arch }) => `${os}-${arch}`);
  throw new RangeError(
    `this kit has zeromq for ${[...new Set(there)].sort().join(', ')} only; pack for ${platform} in a clone, or from an installed kit`,
  );
}
