/** hub/: what the Dockerfile, the devcontainer, Binder and TLJH run, run here in a clean tree; and two readers on one kit. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { KernelClient } from '#src/jupyter/client/kernel-client.js';
import { projectRoot } from '#src/jupyter/project-root.js';

const dir = mkdtempSync(path.join(tmpdir(), 'put-page-hub-'));
after(() => {
  spawnSync('chmod', ['-R', 'u+w', dir]);
  rmSync(dir, { recursive: true, force: true });
});

const skip = process.platform === 'win32' ? 'these are scripts for Linux' : false;
const clean = path.join(dir, 'a clean tree');
const prefix = path.join(dir, 'prefix');
const kit = path.join(prefix, 'lib', 'put-page');

const sh = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync('sh', [file, ...args], { cwd: dir, encoding: 'utf8', env: { ...process.env, ...env } });

before(() => {
  if (skip !== false) return;
  const left = ['node_modules', 'dist', 'dist-test', '.put-page', '.git'].map(name => path.join(projectRoot, name));
  cpSync(projectRoot, clean, {
    recursive: true,
    filter: from => !left.includes(from) && from !== path.join(projectRoot, 'src/splat/dist'),
  });
  // In the place of npm ci.
  symlinkSync(path.join(projectRoot, 'node_modules'), path.join(clean, 'node_modules'));
  const binder = readFileSync(path.join(clean, '.binder/postBuild'), 'utf8');
  assert.match(binder, /^sh hub\/install\.sh "\$\{CONDA_PREFIX:-\$NB_PYTHON_PREFIX\}"$/m);
  const done = spawnSync('sh', ['.binder/postBuild'], {
    cwd: clean,
    encoding: 'utf8',
    env: { ...process.env, CONDA_PREFIX: prefix },
  });
  assert.equal(done.status, 0, done.stdout + done.stderr);
});

test('the kit is installed once and read-only; the kernel keeps progress with whoever runs it', { skip }, () => {
  assert.equal(statSync(path.join(kit, 'dist/cli.js')).mode & 0o222, 0);
  const version = spawnSync(path.join(prefix, 'bin/put-page'), ['--version'], { encoding: 'utf8', cwd: '/' });
  const { version: wanted } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  assert.equal(version.stdout, `${wanted}\n`);
  const spec = JSON.parse(readFileSync(path.join(prefix, 'share/jupyter/kernels/put-page/kernel.json'), 'utf8')) as {
    argv: readonly string[];
    env: Readonly<Record<string, string>>;
  };
  assert.deepEqual(spec.env, { PUT_PAGE_PROGRESS: 'own' });
  assert.ok(spec.argv.some(arg => arg === path.join(kit, 'dist/jupyter/kernel/main.js') && existsSync(arg)));
  // Again, over what is there: an update.
  assert.equal(sh(path.join(clean, 'hub/install.sh'), [prefix]).status, 0);
  assert.equal(existsSync(path.join(clean, 'kit.tar')), false);
});

test('notebooks are given once: what a user has changed stays', { skip }, () => {
  const to = path.join(dir, 'home', 'work');
  const give = () => sh(path.join(clean, 'hub/give-notebooks.sh'), [kit, to]);
  assert.equal(give().status, 0);
  const all = readdirSync(path.join(projectRoot, 'notebooks')).filter(name => name.endsWith('.ipynb'));
  assert.deepEqual(readdirSync(path.join(to, 'notebooks')).sort(), all.sort());
  const mine = path.join(to, 'notebooks', '00-start-here.ipynb');
  writeFileSync(mine, 'mine');
  assert.equal(give().status, 0);
  assert.equal(readFileSync(mine, 'utf8'), 'mine');
  assert.ok(existsSync(path.join(to, 'docs/glossary.md')));
});

test('two readers on one kit have a progress each', { skip, timeout: 120_000 }, async () => {
  const bets: Readonly<Record<string, string>> = { one: '3', two: '2' };
  for (const [name, bet] of Object.entries(bets)) {
    const home = path.join(dir, name);
    mkdirSync(home);
    const env = { HOME: home, XDG_STATE_HOME: '', PUT_PAGE_PROGRESS: 'own' };
    const client = await KernelClient.start({ env });
    try {
      const { status } = await client.execute(`import { predict } from 'put-page';\npredict('zd-count', ${bet});`);
      assert.equal(status, 'ok');
    } finally {
      await client.shutdown();
    }
  }
  for (const [name, bet] of Object.entries(bets)) {
    const file = path.join(dir, name, '.local/state/put-page/progress.json');
    assert.deepEqual((JSON.parse(readFileSync(file, 'utf8')) as { bets: unknown }).bets, { 'zd-count': bet });
  }
});

test('each recipe runs the script that is tried here', () => {
  const read = (file: string): string => readFileSync(path.join(projectRoot, file), 'utf8');
  assert.match(read('hub/Dockerfile'), /sh hub\/install\.sh \/opt\/put-page/);
  assert.match(read('hub/Dockerfile'), /give-notebooks \/opt\/put-page\/lib\/put-page/);
  assert.match(read('docs/hub.md'), /sudo sh hub\/install\.sh \/opt\/put-page/);
  const container = JSON.parse(read('.devcontainer/devcontainer.json')) as { postCreateCommand: string };
  assert.match(container.postCreateCommand, /^npm ci .*&& node dist\/cli\.js kernel install$/);
  assert.match(read('.binder/environment.yml'), /nodejs=22/);
});
