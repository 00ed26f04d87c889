/** Where the doc comment of the chosen completion stands: beside the list, or on a narrow screen at its far end from the line that is typed. */

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const WIDTH_MAX = 420;
/** Less room than that beside the list makes a column of single words. */
const WIDTH_MIN = 260;

/** @param typed the place of the cursor */
export function infoPlace(
  { list, option, info, space }: Readonly<Record<'list' | 'option' | 'info' | 'space', Box>>,
  typed: { readonly top: number } | null,
): { readonly style: string; readonly class: string } {
  const [left, right] = [list.left - space.left, space.right - list.right];
  const height = info.bottom - info.top;
  const room = Math.max(left, right);
  if (room >= WIDTH_MIN) {
    const top = Math.max(space.top, Math.min(option.top, space.bottom - height)) - list.top;
    const side = right >= WIDTH_MIN ? 'right' : 'left';
    const width = Math.min(WIDTH_MAX, side === 'right' ? right : left);
    return { style: `top: ${top}px; max-width: ${width}px`, class: `cm-completionInfo-${side}` };
  }
  const isAbove = typed !== null && list.bottom <= typed.top + 1;
  const free = isAbove ? list.top - space.top : space.bottom - list.bottom;
  const end = isAbove ? 'bottom' : 'top';
  const width = Math.min(WIDTH_MAX, space.right - space.left);
  const shift = Math.min(0, space.right - (list.left + width));
  return {
    style: `${end}: 100%; left: ${shift}px; width: ${width}px; max-height: ${Math.max(free, 48)}px`,
    class: 'pp-info-end',
  };
}
