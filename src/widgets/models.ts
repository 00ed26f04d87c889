/**
 * The models of @jupyter-widgets/controls 2.0 that are needed here, each with its state as a new one has it. test/widgets compares them with
 * @jupyter-widgets/schema, field by field.
 */
export type State = Record<string, unknown>;

const shown = { _dom_classes: [], tabbable: null, tooltip: null };
const described = { ...shown, description: '', description_allow_html: false };
const active = { ...described, disabled: false };
const turned = { ...active, behavior: 'drag-tap', continuous_update: true, orientation: 'horizontal', readout: true };
const choosing = { ...active, _options_labels: [] };
const written = { ...described, placeholder: '\u200b', value: '' };
const box = { ...shown, box_style: '', children: [] };
const coloured = { background: null, description_width: '', font_size: null, text_color: null };
const font = { font_family: null, font_style: null, font_variant: null, font_weight: null, text_decoration: null };

const layout = Object.fromEntries(
  [
    ...['align_content', 'align_items', 'align_self', 'border_bottom', 'border_left', 'border_right', 'border_top'],
    ...['bottom', 'display', 'flex', 'flex_flow', 'grid_area', 'grid_auto_columns', 'grid_auto_flow', 'grid_auto_rows'],
    ...['grid_column', 'grid_gap', 'grid_row', 'grid_template_areas', 'grid_template_columns', 'grid_template_rows'],
    ...['height', 'justify_content', 'justify_items', 'left', 'margin', 'max_height', 'max_width', 'min_height'],
    ...['min_width', 'object_fit', 'object_position', 'order', 'overflow', 'padding', 'right', 'top', 'visibility'],
    'width',
  ].map(name => [name, null]),
);

interface Kind {
  readonly state: Readonly<State>;
  /** The model of its style, where it has one. */
  readonly style?: string;
}

/** By name, without the ending `Model`. */
export const kinds = {
  IntSlider: { state: { ...turned, max: 100, min: 0, readout_format: 'd', step: 1, value: 0 }, style: 'SliderStyle' },
  FloatSlider: {
    state: { ...turned, max: 100, min: 0, readout_format: '.2f', step: 0.1, value: 0 },
    style: 'SliderStyle',
  },
  SelectionSlider: { state: { ...turned, _options_labels: [], index: 0 }, style: 'SliderStyle' },
  Dropdown: { state: { ...choosing, index: null }, style: 'DescriptionStyle' },
  RadioButtons: { state: { ...choosing, index: null, orientation: 'vertical' }, style: 'DescriptionStyle' },
  ToggleButtons: {
    state: { ...choosing, button_style: '', icons: [], index: null, tooltips: [] },
    style: 'ToggleButtonsStyle',
  },
  Checkbox: { state: { ...active, indent: true, value: false }, style: 'CheckboxStyle' },
  Button: { state: { ...shown, button_style: '', description: '', disabled: false, icon: '' }, style: 'ButtonStyle' },
  Play: {
    state: {
      ...active,
      ...{ interval: 100, max: 100, min: 0, playing: false, repeat: false, show_repeat: true, step: 1, value: 0 },
    },
    style: 'DescriptionStyle',
  },
  Text: { state: { ...written, continuous_update: true, disabled: false }, style: 'TextStyle' },
  HTML: { state: written, style: 'HTMLStyle' },
  Label: { state: written, style: 'LabelStyle' },
  HBox: { state: box },
  VBox: { state: box },
  Link: { state: { source: [], target: [] } },
  Layout: { state: layout },
  SliderStyle: { state: { description_width: '', handle_color: null } },
  DescriptionStyle: { state: { description_width: '' } },
  ToggleButtonsStyle: { state: { button_width: '', description_width: '', font_weight: '' } },
  ButtonStyle: { state: { ...font, button_color: null, font_size: null, text_color: null } },
  CheckboxStyle: { state: { background: null, description_width: '' } },
  HTMLStyle: { state: coloured },
  LabelStyle: { state: { ...coloured, ...font } },
  TextStyle: { state: coloured },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

const version = '2.0.0';
const base = '@jupyter-widgets/base';
const controls = '@jupyter-widgets/controls';

/** What says to a front end which classes to take for a model and its view. */
export function classesOf(kind: KindName): State {
  const [model, view] = [kind === 'Layout' ? base : controls, /Style$|^Layout$/.test(kind) ? base : controls];
  return {
    _model_module: model,
    _model_module_version: version,
    _model_name: `${kind}Model`,
    _view_module: view,
    _view_module_version: version,
    _view_name: kind === 'Link' ? null : /Style$/.test(kind) ? 'StyleView' : `${kind}View`,
  };
}
