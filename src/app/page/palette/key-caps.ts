/** Keys as this computer writes them. */
import { CommandRegistry } from '@lumino/commands';
import { element } from '../dom.js';
import { strokes } from '../notebook/command-table.js';

const NAMES: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

/** 'Accel Shift C' as 'Ctrl+Shift+C', or with the signs of a Mac; 'D, D' as 'D D'. */
export function keyText(keys: string): string {
  const shown = strokes(keys).map(stroke => CommandRegistry.formatKeystroke(stroke));
  return shown.join(' ').replace(/Arrow(?:Up|Down|Left|Right)|Escape/g, name => NAMES[name] ?? name);
}

/** The alternatives, each in a frame. */
export function keyCaps(keys: readonly string[]): HTMLElement {
  return element('span', { class: 'pp-key-caps' }, ...keys.map(key => element('kbd', {}, keyText(key))));
}
