import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { projectRoot } from '#src/jupyter/project-root.js';

interface Package {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, Package>> };
const own = packages[''] ?? {};
// Not the kit itself, and not its own workspace: nobody downloads those.
const installed = Object.entries(packages).filter(
  ([place, { version }]) => place.startsWith('node_modules/') && version !== undefined,
);

/** The rows below a heading of docs/dependencies.md, as cells without their marks. */
function table(heading: string): string[][] {
  const section = read('docs/dependencies.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter(line => line.startsWith('| '));
  assert.ok(lines.length > 1, `docs/dependencies.md has no table below '${heading}'`);
  return lines.slice(1).map(line =>
    line
      .slice(1, -1)
      .split('|')
      .map(cell => cell.trim().replaceAll('`', '')),
  );
}

test('the table of direct dependencies is that of the lockfile, each with a reason', () => {
  const direct = (use: string, names: Package['dependencies']): string[] =>
    Object.keys(names ?? {}).map(name => {
      const { version, license } = packages[`node_modules/${name}`] ?? {};
      return [name, version, license, use].join(' ');
    });
  const wanted = [...direct('run', own.dependencies), ...direct('build, test', own.devDependencies)];
  const rows = table('Direct');
  assert.deepEqual(rows.map(row => row.slice(0, 4).join(' ')).sort(), wanted.sort());
  for (const row of rows) assert.ok((row[4] ?? '') !== '', `${row[0]}: what is it for?`);
});

test('every direct dependency is pinned, every package has a checksum', () => {
  for (const [name, wanted] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
    assert.match(wanted, /^(npm:[\w./@-]+@)?\d+\.\d+\.\d+$/, `${name} is not pinned to one version`);
  for (const [place, { integrity }] of installed) assert.match(integrity ?? '', /^sha512-/, place);
});

test('every package with an install script is listed, and no other', () => {
  const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const wanted = scripts.map(([place, { version }]) => `${place.split('node_modules/').at(-1)} ${version}`);
  assert.deepEqual(
    table('Install scripts')
      .map(row => row.slice(0, 2).join(' '))
      .sort(),
    wanted.sort(),
  );
});

test('the licences are counted right', () => {
  const counts = new Map<string, number>();
  for (const [, { license = 'not stated' }] of installed) counts.set(license, (counts.get(license) ?? 0) + 1);
  assert.deepEqual(new Map(table('Licences of all packages').map(row => [row[0] ?? '', Number(row[1])])), counts);
});

test('package.json says of every package with an install script whether it may run', () => {
  const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: Readonly<Record<string, boolean>> };
  const names = scripts.map(([place]) => place.split('node_modules/').at(-1));
  assert.deepEqual(Object.keys(allowScripts).sort(), names.sort());
});
