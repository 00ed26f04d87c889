/** The command palette: every command by its words. A dialog with a combobox and its list, as ARIA describes them. */
import type { CommandRegistry } from '@lumino/commands';
import { element } from '../dom.js';
import { type CommandEntry, GROUPS } from '../notebook/command-table.js';
import { keyCaps } from './key-caps.js';
import { type Match, match } from './matching.js';

const LIST = 'pp-palette-list';

interface Hit extends Match {
  readonly command: CommandEntry;
  readonly group: string;
}

/** Opens it; opened again while it is there, it closes. The focus returns to where it was, then the command runs. */
export function openPalette(commands: CommandRegistry): void {
  const open = document.querySelector<HTMLDialogElement>('dialog.pp-palette');
  if (open !== null) {
    open.close();
    return;
  }
  const input = element('input', {
    type: 'text',
    role: 'combobox',
    placeholder: 'What do you want to do?',
    'aria-label': 'Search all commands',
    'aria-controls': LIST,
    'aria-expanded': 'true',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = element('ul', { id: LIST, role: 'listbox', 'aria-label': 'Commands' });
  const none = element('p', { class: 'pp-palette-none', role: 'status' });
  const dialog = element('dialog', { class: 'pp-palette', 'aria-label': 'Commands' }, input, list, none);

  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role=option]')];
  const choose = (option: HTMLElement | undefined): void => {
    for (const other of options()) other.setAttribute('aria-selected', String(other === option));
    input.setAttribute('aria-activedescendant', option?.id ?? '');
    option?.scrollIntoView({ block: 'nearest' });
  };
  const move = (by: number): void => {
    const all = options();
    const at = all.findIndex(option => option.getAttribute('aria-selected') === 'true');
    choose(all[(at + by + all.length) % all.length]);
  };
  const run = (name: string | undefined): void => {
    if (name === undefined) return;
    dialog.close();
    void commands.execute(name);
  };
  const draw = (): void => {
    const hits = find(input.value);
    list.replaceChildren(...rows(hits, input.value.trim() === ''));
    none.textContent = hits.length === 0 ? 'No command has these words.' : '';
    list.scrollTop = 0;
    choose(options()[0]);
  };
  input.addEventListener('input', draw);
  input.addEventListener('keydown', event => {
    const selected = list.querySelector<HTMLElement>('[aria-selected=true]');
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Enter') run(selected?.dataset.run);
    else if (event.key === 'C' && event.shiftKey && (event.ctrlKey || event.metaKey)) dialog.close();
    else return;
    event.preventDefault();
  });
  list.addEventListener('mousemove', event => {
    const option = (event.target as Element).closest<HTMLElement>('[role=option]');
    if (option !== null && option.getAttribute('aria-selected') !== 'true') choose(option);
  });
  list.addEventListener('click', event =>
    run((event.target as Element).closest<HTMLElement>('[role=option]')?.dataset.run),
  );
  // A click beside it closes it.
  dialog.addEventListener('mousedown', event => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  draw();
  dialog.showModal();
}

function find(typed: string): Hit[] {
  const hits = GROUPS.flatMap(({ title, commands }) =>
    commands.flatMap(command => {
      const found = match(command.label, typed);
      return found === null || command.name === 'palette' ? [] : [{ ...found, command, group: title }];
    }),
  );
  return hits.sort((a, b) => b.score - a.score);
}

/** With nothing typed, the groups have their titles. */
function rows(hits: readonly Hit[], titled: boolean): HTMLElement[] {
  return hits.flatMap((hit, i) => {
    const option = element(
      'li',
      { role: 'option', id: `pp-command-${hit.command.name}`, 'data-run': hit.command.name },
      marked(hit.command.label, hit),
      keyCaps(hit.command.keys ?? []),
    );
    const first = titled && hits[i - 1]?.group !== hit.group;
    return first ? [element('li', { role: 'presentation', class: 'pp-palette-group' }, hit.group), option] : [option];
  });
}

/** The label, with the letters that were found in `mark`. */
function marked(label: string, { ranges }: Match): HTMLElement {
  const box = element('span', {});
  let done = 0;
  for (const [from, to] of ranges) {
    if (from < done) continue;
    box.append(label.slice(done, from), element('mark', {}, label.slice(from, to)));
    done = to;
  }
  box.append(label.slice(done));
  return box;
}
