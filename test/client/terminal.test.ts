import { Terminal, type IBufferCell } from '@xterm/headless';
import { expect } from 'chai';
import { LogLines } from '../../lib/client/terminal/log-lines.js';
import { segmentsOf } from '../../lib/client/terminal/segments.js';
import { trueColour, type Style } from '../../lib/client/terminal/style.js';
import { columnsOf } from '../../lib/client/terminal/width.js';

const columns = 120;

/** One cell: what is in it and how it looks, in words. */
type Cell = string;

/** What a real terminal emulator makes of output, line by line. */
async function inTerminal(output: string): Promise<Cell[][]> {
  const terminal = new Terminal({ cols: columns, rows: 60, convertEol: true, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: buffer.baseY + buffer.cursorY + 1 }, (_, y) => {
    const line = buffer.getLine(y);
    return Array.from({ length: columns }, (__, x) => {
      const cell = line?.getCell(x);
      return cell ? cellOf(cell) : '';
    });
  });
  terminal.dispose();
  return trimmed(lines);
}

function cellOf(cell: IBufferCell): Cell {
  const isWideEnd = cell.getWidth() === 0;
  const colour = (isDefault: boolean, isRgb: boolean, value: number) =>
    isDefault ? null : isRgb ? trueColour + value : value;
  return described(isWideEnd ? '' : cell.getChars() || ' ', {
    foreground: colour(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()),
    background: colour(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor()),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    strike: cell.isStrikethrough() !== 0,
    inverse: cell.isInverse() !== 0,
  });
}

/** What the element's line model makes of it. */
function inLog(output: string): Cell[][] {
  const lines = new LogLines();
  lines.append({ stream: 'stdout', content: output, time: '2026-01-01T00:00:00Z' });
  const rows = Array.from({ length: lines.size }, (_, index) => {
    const cells: Cell[] = [];
    for (const { text, style } of segmentsOf(lines.row(index)?.text ?? '')) {
      for (const character of text) addTo(cells, character, style);
    }
    return cells;
  });
  return trimmed(rows);
}

function addTo(cells: Cell[], character: string, style: Style): void {
  if (character === '\t') {
    do cells.push(described(' ', style));
    while (cells.length % 8 > 0);
    return;
  }
  const room = columnsOf(character);
  if (room === 0) cells[cells.length - 1] = cells.at(-1)?.replace(/^\S+/, (text) => text + character) ?? '';
  else cells.push(described(character, style));
  if (room === 2) cells.push(described('', style));
}

function described(text: string, { foreground, background, ...switches }: Style): Cell {
  const on = Object.entries(switches).flatMap(([name, isOn]) => (isOn ? [name] : []));
  return [text, foreground !== null && `on ${foreground}`, background !== null && `over ${background}`, ...on]
    .filter((part) => part !== false)
    .join(' ');
}

/** Without what nobody sees: blank cells and lines at the end. */
function trimmed(lines: Cell[][]): Cell[][] {
  const cut = lines.map((line) => line.slice(0, line.findLastIndex((cell) => cell !== ' ') + 1));
  return cut.slice(0, cut.findLastIndex((line) => line.length > 0) + 1);
}

const escape = '\u001b';

/** Outputs as programs write them. In braces: what stands between `ESC [` and the end of a sequence. */
const outputs: Record<string, string> = {
  'the 16 colours, on text and behind it': Array.from(
    { length: 8 },
    (_, n) => `{3${n}m}a{9${n}m}b{4${n}m}c{10${n}m}d{39m}e{49m}f`,
  ).join('\n'),
  'the 256 colours': Array.from({ length: 256 }, (_, n) => `{38;5;${n}m}x{48;5;${255 - n}m}y{m}`)
    .join('')
    .replace(/((?:[^y]*y){50})/g, '$1\n'),
  'true colours, with semicolons and with colons':
    '{38;2;200;30;30m}a{48;2;1;2;3m}b{m} {38:2::4:5:6m}c{48:2::7:8:9m}d',
  'switches on and off': '{1m}bold{2m}dim{22m}{3m}it{23m}{4m}un{24m}{7m}in{27m}{9m}st{29m}none',
  'several in one sequence, and none at all': '{1;4;31;48;5;17m}all{m}none{0;1m}bold{;3m}italic',
  'underlines of all kinds, and their colour': '{4:3m}curly{4:0m}no{21m}double{24m}{58;5;1;4m}red{59m}plain',
  'unknown codes between known ones': '{31;73;1m}red bold{5;25;55m}still',
  'a colour that goes on over lines': '{35m}one\ntwo\n\nthree{m}\nfour',
  'a progress bar by carriage return': '\r 10 % #\r 50 % #####\r100 % ##########\ndone',
  'a progress bar that erases its line': '\r{2K}{32m}one longer text{m}\r{2K}{32m}short{m}\n\r{K}a\r{K}b',
  'a shorter text over a longer one': 'abcdefgh\rXY\n{31m}red and long{m}\rplain',
  'erasing to the end, to the start, all': 'abcdef{3D}{K}\nabcdef{3D}{1K}\nabcdef{3D}{2K}x',
  'erasing below': 'abcdef\r{2C}{J}x',
  'the cursor to the left and right': 'abc{2D}X{3C}Y{1G}Z{20G}far{5`}V',
  'the cursor beyond the ends': 'ab{99D}c{0D}d\n{3C}{31m}x',
  'backspaces, and over the start': 'abc\b\bX\b\b\b\b\bY',
  'a spinner by backspace': 'work |\b/\b-\b\\\bdone',
  'blanking some characters': 'abcdefgh\r{2C}{3X}x\nab{5X}c',
  tabs: 'a\tb\t\tc\n\tindented\nabcdefgh\tx\n1234567\tx',
  'tabs in colour': '{44m}a\tb{m}\tc\nabcdefghijkl\rX\tY',
  'wide characters': '漢字 kana かな\n한글 ｆｕｌｌ\n漢a字b',
  'over one half of a wide character': '漢字漢字\rab\n漢字\r{1C}x\n漢字漢字\r{3C}{K}\nabcd\r{1C}漢',
  'accents of their own': 'e\u0301a\u0308 n\u0303\rE\u0300',
  'a line end of two characters': 'one\r\ntwo\r\n\r\nthree',
  'titles and other strings': `a${escape}]0;title\u0007bc${escape}Pq#1${escape}\\d`,
  'modes and shapes that do not print': '{?25l}a{?2004h}b{>4;1m}c{!p}d{6n}e{1 q}f{?25h}',
  'sequences of two characters': `a${escape}=b${escape}>c${escape}7d${escape}(Be`,
  'grep in colour': '{35m}{K}file.c{m}{K}{36m}{K}:{m}{K}int {01;31m}{K}main{m}{K}(void)',
  'a test runner': '  {32m}✓{0m} {90m}passes (3 ms){0m}\n  {31m}1) fails{0m}',
};

describe('what the log shows is what a terminal shows', () => {
  for (const [name, text] of Object.entries(outputs)) {
    it(name, async () => {
      const output = text.replace(/\{([^{}]*)\}/g, `${escape}[$1`);
      expect(inLog(output)).to.deep.equal(await inTerminal(output));
    });
  }
});
