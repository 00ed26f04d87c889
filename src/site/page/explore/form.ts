/** What can be set of a model: the form that the page brings, read and written. */
import type { Scenario, Settings } from '../../../model/scenario.js';
import { found } from './dom.js';

type Control = HTMLInputElement | HTMLSelectElement;

const fieldsets = (): readonly HTMLFieldSetElement[] => [
  ...document.querySelectorAll<HTMLFieldSetElement>('fieldset[data-scenario]'),
];

const controls = (scenario: string): readonly Control[] =>
  fieldsets()
    .filter(set => set.dataset.scenario === scenario)
    .flatMap(set => [...set.querySelectorAll<Control>('input, select')]);

const isToggle = (control: Control): boolean => control.type === 'checkbox';

const setTo = (control: Control): string | number => {
  if (isToggle(control)) return (control as HTMLInputElement).checked ? 'yes' : 'no';
  return control.type === 'number' ? Number(control.value) : control.value;
};

export const scenarioNames = (): readonly string[] => fieldsets().map(set => set.dataset.scenario ?? '');

/** What is set now. A number that is none, or out of its range, is left at its default. */
export function settingsOf(scenario: string): Settings {
  const valid = controls(scenario).filter(control => control.checkValidity() && control.value !== '');
  return Object.fromEntries(valid.map(control => [control.name, setTo(control)]));
}

/** Shows one model's settings. @param given words as an address has them; what it does not name has its default */
export function setForm(scenario: Scenario, given: Readonly<Record<string, string>>): void {
  found<HTMLSelectElement>('scenario').value = scenario.name;
  for (const set of fieldsets()) {
    set.hidden = set.dataset.scenario !== scenario.name;
    set.disabled = set.hidden;
  }
  for (const control of controls(scenario.name)) {
    const value = given[control.name] ?? control.dataset.default ?? '';
    if (isToggle(control)) (control as HTMLInputElement).checked = value === 'yes';
    else control.value = value;
    // An address may have been typed by hand.
    if (control.value === '' || !control.checkValidity()) control.value = control.dataset.default ?? '';
  }
}

/** The settings that are not the defaults, in a few words. */
export function setInWords(settings: Settings, defaults: Settings): string {
  const set = Object.entries(settings).filter(([name, value]) => name === 'release' || defaults[name] !== value);
  return set.map(([name, value]) => (name === 'release' ? String(value) : `${name} ${value}`)).join(', ');
}
