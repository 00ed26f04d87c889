/** JupyterLab's cells, each an article: the notebook is a feed, and screen readers go from article to article in one. */
import { NotebookPanel } from '@jupyterlab/notebook';

export class CellFactory extends NotebookPanel.ContentFactory {
  override createCodeCell(...options: Parameters<NotebookPanel.ContentFactory['createCodeCell']>) {
    return article(super.createCodeCell(...options));
  }

  override createMarkdownCell(...options: Parameters<NotebookPanel.ContentFactory['createMarkdownCell']>) {
    return article(super.createMarkdownCell(...options));
  }

  override createRawCell(...options: Parameters<NotebookPanel.ContentFactory['createRawCell']>) {
    return article(super.createRawCell(...options));
  }
}

function article<T extends { readonly node: HTMLElement }>(cell: T): T {
  cell.node.setAttribute('role', 'article');
  return cell;
}
