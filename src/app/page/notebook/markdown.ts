/** Markdown with tables and highlighted code blocks. What it makes is sanitised by JupyterLab before it is shown. */
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IMarkdownParser } from '@jupyterlab/rendermime';
import { Marked } from 'marked';

export function makeMarkdownParser(languages: IEditorLanguageRegistry): IMarkdownParser {
  const colour = async (code: string, language: string): Promise<string> => {
    const host = document.createElement('div');
    await languages.highlight(code, languages.findBest(language), host);
    return host.innerHTML;
  };
  const marked = new Marked({
    async: true,
    gfm: true,
    async walkTokens(token) {
      if (token.type !== 'code' || !token.lang) return;
      const html = await colour(token.text, token.lang);
      Object.assign(token, { type: 'html', block: true, text: `<pre><code>${html}</code></pre>\n` });
    },
  });
  return { render: async source => await marked.parse(source), getHeadingTokens: async source => headings(source) };
}

/** Every heading with the line that it begins in; JupyterLab folds what stands below one. */
function headings(source: string): { raw: string; line: number }[] {
  const found: { raw: string; line: number }[] = [];
  let line = 0;
  for (const { type, raw } of new Marked({ gfm: true }).lexer(source)) {
    if (type === 'heading') found.push({ raw, line });
    line += raw.split('\n').length - 1;
  }
  return found;
}
