/** Every command by its spec: arguments, help, completion, and what is said of a slip. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { DEFAULT_PORT } from '#src/app/options.js';
import { readArguments, readSettings } from '#src/commands/arguments.js';
import { helpOf } from '#src/commands/help.js';
import { commands } from '#src/commands/list.js';
import { nodeComplaint } from '#src/commands/node-version.js';
import { BadInput, type CommandSpec } from '#src/commands/spec.js';
import { startOptions } from '#src/commands/start.js';
import { nearest, whatThereIs } from '#src/model/nearest.js';

const cli = path.resolve(import.meta.dirname ?? '', '../../../dist/cli.js');

function putPage(...args: string[]) {
  const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
  return { code: r.status, out: r.stdout, err: r.stderr };
}

function specOf(name: string): CommandSpec {
  const spec = commands[name];
  assert.ok(spec, name);
  return spec;
}

test('the Node check names the version that is needed', () => {
  for (const good of ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v24.0.0']) assert.equal(nodeComplaint(good), null, good);
  for (const bad of ['v16.20.2', 'v18.20.0', 'v20.18.3', 'v21.7.0', 'v22.11.0'])
    assert.match(nodeComplaint(bad) ?? '', /needs Node 20\.19 or newer.*this is v/, bad);
  assert.equal(nodeComplaint(process.version), null);
});

test('start: options are read, and a wrong one is named', () => {
  const start = specOf('start');
  const options = (...args: string[]) => startOptions(readArguments(args, start));
  assert.deepEqual(options(), { port: DEFAULT_PORT, browser: true });
  assert.deepEqual(options('--port', '9000', '--no-browser'), { port: 9000, browser: false });
  assert.deepEqual(options('--port=0', '--notebooks=x'), { port: 0, browser: true, notebooks: 'x' });
  for (const wrong of [
    ['--port'],
    ['--port', 'x'],
    ['--port', '70000'],
    ['--port=1.5'],
    ['--prot', '1'],
    ['--notebooks'],
  ])
    assert.throws(
      () => options(...wrong),
      (e: unknown) => e instanceof BadInput && /--port|--notebooks/.test(e.message),
    );
});

test('every command: --help, -h and help NAME say the same, with each option and each exit code', () => {
  for (const [name, spec] of Object.entries(commands)) {
    const { code, out } = putPage(name, '--help');
    assert.equal(code, 0, name);
    assert.equal(out, helpOf(name, spec));
    assert.equal(putPage(name, '-h').out, out);
    assert.equal(putPage('help', name).out, out);
    for (const option of Object.keys(spec.options)) assert.ok(out.includes(`  ${option}`), `${name} ${option}`);
    for (const exit of [...Object.keys(spec.exit), '3']) assert.match(out, new RegExp(`^  ${exit}  `, 'm'), name);
  }
});

test('--version, help and no command at all', () => {
  assert.match(putPage('--version').out, /^\d+\.\d+\.\d+\n$/);
  assert.equal(putPage('explore', '--version').out, putPage('--version').out);
  const { code, out } = putPage('help');
  assert.equal(code, 0);
  for (const name of Object.keys(commands)) assert.match(out, new RegExp(`^  ${name} `, 'm'));
  assert.deepEqual([putPage().code, putPage().out], [3, out]);
});

test('a slip is answered with what was meant', () => {
  assert.match(putPage('exlpore').err, /no command 'exlpore'\. Did you mean 'explore'\?/);
  assert.match(putPage('help', 'replays').err, /Did you mean 'replay'\?/);
  assert.match(putPage('explore', 'gupreff').err, /did you mean 'gupref'\?/);
  assert.match(putPage('explore', 'zone-device').err, /did you mean 'zone-device-leak'\?/);
  assert.match(putPage('explore', 'gupref', '--set', 'page=2').err, /did you mean 'pages'\?/);
  assert.match(putPage('explore', 'gupref', '--jsn').err, /did you mean '--json'\?/);
  assert.doesNotMatch(putPage('explore', 'splice').err, /did you mean/);
  assert.equal(putPage('exlpore').code, 3);
});

test('nearest: what was probably meant, and nothing where that is a guess', () => {
  const known = ['put_page', 'get_page', 'kvm_release_pfn_clean', 'memunmap_put_page'];
  assert.equal(nearest('putpage', known), 'put_page');
  assert.equal(nearest('PUT_PAGE', known), 'put_page');
  assert.equal(nearest('kvm_release', known), 'kvm_release_pfn_clean');
  assert.equal(nearest('release_pfn_clean', known), 'kvm_release_pfn_clean');
  assert.equal(nearest('upt_page', known), 'put_page');
  assert.equal(nearest('x', known), undefined);
  assert.equal(nearest('', known), undefined);
  assert.equal(whatThereIs('get_pge', known), `${known.join(', ')}; did you mean 'get_page'?`);
  assert.equal(whatThereIs('fork', []), 'none');
});

test('--set: one by one, several with commas, and a value that stands alone', () => {
  assert.deepEqual(readSettings(['a=1', 'b=x,c=2']), [
    ['a', '1'],
    ['b', 'x'],
    ['c', '2'],
  ]);
  assert.throws(() => readSettings(['a=1,a=2']), /--set a was given twice/);
  assert.throws(() => readSettings(['a=']), /expected name=value/);
  const { err, code } = putPage('explore', 'gupref', '--set', 'pages=1', 'vcpus=2');
  assert.match(err, /write --set pages=1,vcpus=2 or --set pages=1 --set vcpus=2/);
  assert.equal(code, 3);
});

test('completion: each shell can read its script, and it knows commands, options and scenarios', t => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = putPage('completion', shell);
    assert.equal(code, 0, shell);
    for (const word of ['explore', 'fairness', 'zone-device-leak', 'strong'])
      assert.ok(out.includes(word), `${shell}: ${word}`);
    const check = spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' });
    if (check.error === undefined) assert.equal(check.status, 0, `${shell}: ${check.stderr}`);
    else t.diagnostic(`${shell} is not installed; its script was not parsed`);
  }
  const typed = `${putPage('completion', 'bash').out}
COMP_WORDS=(put-page explore gupr); COMP_CWORD=2; _put_page; echo "\${COMPREPLY[@]}"
COMP_WORDS=(put-page explore gupref --engine w); COMP_CWORD=4; _put_page; echo "\${COMPREPLY[@]}"
COMP_WORDS=(put-page expl); COMP_CWORD=1; _put_page; echo "\${COMPREPLY[@]}"`;
  assert.equal(spawnSync('bash', [], { input: typed, encoding: 'utf8' }).stdout, 'gupref\nwasm\nexplore\n');
  assert.match(putPage('completion', 'bsh').err, /did you mean 'bash'\?/);
});
