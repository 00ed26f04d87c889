/** The little markdown that glossary entries use, as elements: code, emphasis, links. Text stays text. */
import { element } from '../dom.js';

const MARKS = /`([^`]+)`|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/**
 * @param emphasis what an emphasised word becomes; null leaves it as emphasis
 * @param from the folder that relative links start from
 */
export function inline(markdown: string, from: string, emphasis: (word: string) => Node | null): Node[] {
  const nodes: Node[] = [];
  let done = 0;
  const text = markdown.replace(/\s+/g, ' ');
  for (const found of text.matchAll(MARKS)) {
    const [all, code, em, label, target] = found;
    nodes.push(document.createTextNode(text.slice(done, found.index)));
    done = found.index + all.length;
    if (code !== undefined) nodes.push(element('code', {}, code));
    else if (em !== undefined) nodes.push(emphasis(em) ?? element('em', {}, em));
    else nodes.push(link(label ?? '', target ?? '', from));
  }
  nodes.push(document.createTextNode(text.slice(done)));
  return nodes;
}

function link(label: string, target: string, from: string): HTMLElement {
  const url = new URL(target, new URL(from, location.origin));
  if (url.protocol !== 'https:' && url.origin !== location.origin) return element('span', {}, label);
  return element('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, label.replaceAll('`', ''));
}
