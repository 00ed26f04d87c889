/** Jupyter's own widgets, from the kernel's side: protocol 2.1 and the models of @jupyter-widgets/controls. It knows nothing of pages and kernels. */
export {
  type Built,
  buttons,
  type Control,
  checkbox,
  controlOf,
  dropdown,
  play,
  radio,
  type Specs,
  slider,
  steps,
  type Values,
} from './controls.js';
export { LiveArea, type Shown } from './live-area.js';
export { classesOf, type KindName, kinds } from './models.js';
export { viewOf, Widget } from './widget.js';
