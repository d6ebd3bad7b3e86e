/** Drawn over two columns: East Asian scripts, fullwidth forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;
/** Drawn over the character before it, or not at all. */
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** Made with the first text that needs it: its tables take 10 ms to load. */
let segmenter: Intl.Segmenter | undefined;

/** How many columns of a terminal an escaped text takes. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) {
    return text.length;
  }
  let width = 0;
  for (const { segment } of segmentsOf(text)) {
    width += widthOf(segment);
  }
  return width;
}

/** The text in at most so many columns; what is cut off leaves an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) {
    return text;
  }
  let kept = '';
  let width = 1;
  for (const { segment } of segmentsOf(text)) {
    width += widthOf(segment);
    if (width > columns) {
      break;
    }
    kept += segment;
  }
  return `${kept}…`;
}

/** The text in pieces of at most so many columns. */
export function wrapToWidth(text: string, columns: number): string[] {
  if (textWidth(text) <= columns) {
    return [text];
  }
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { segment } of segmentsOf(text)) {
    const own = widthOf(segment);
    if (width + own > columns && line !== '') {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += segment;
    width += own;
  }
  return [...lines, line];
}

/** The characters as a reader sees them. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** Of one character as a reader sees it. */
function widthOf(segment: string): number {
  if (WIDE.test(segment)) {
    return 2;
  }
  return INVISIBLE.test(segment) ? 0 : 1;
}
