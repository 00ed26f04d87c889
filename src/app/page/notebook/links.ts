/** Links and pictures in markdown, relative to the notebook's folder. */
import type { RenderMimeRegistry } from '@jupyterlab/rendermime';

const BASE = 'http://clone/';

/** @param notebook `notebooks/NAME.ipynb` */
export function linkResolver(notebook: string): RenderMimeRegistry.IUrlResolver {
  return {
    path: notebook,
    async resolveUrl(url) {
      const resolved = new URL(url, BASE + notebook);
      return resolved.href.startsWith(BASE) ? resolved.href.slice(BASE.length) : url;
    },
    async getDownloadUrl(path) {
      const name = /^notebooks\/([^/]+\.ipynb)$/.exec(path);
      return name === null ? `/files/${path}` : `/notebook/${name[1]}`;
    },
    isLocal: url => !/^[a-z][a-z+.-]*:|^\/\/|^#/i.test(url),
  };
}
