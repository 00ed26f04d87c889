/** What esbuild must be told about JupyterLab's packages; docs/architecture.md, "The application", says why. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** JupyterLab imports an SVG as text from scripts (icons) and as a picture from style sheets. */
const svg: Plugin = {
  name: 'svg',
  setup(build) {
    build.onResolve({ filter: /\.svg([?#].*)?$/ }, args => ({
      path: path.resolve(args.resolveDir, args.path.replace(/[?#].*$/, '')),
      namespace: args.kind === 'url-token' ? 'svg-picture' : 'svg-text',
    }));
    build.onLoad({ filter: /.*/, namespace: 'svg-picture' }, async args => ({
      contents: await readFile(args.path),
      loader: 'dataurl',
    }));
    build.onLoad({ filter: /.*/, namespace: 'svg-text' }, async args => ({
      contents: await readFile(args.path),
      loader: 'text',
    }));
  },
};

/** 2.9 MB of icon fonts that nothing on our pages shows. */
const noFontAwesome: Plugin = {
  name: 'no-fontawesome',
  setup(build) {
    build.onResolve({ filter: /^~?@fortawesome\// }, args => ({ path: args.path, namespace: 'nothing' }));
    build.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: '', loader: 'css' }));
  },
};

export const plugins: readonly Plugin[] = [svg, noFontAwesome];
