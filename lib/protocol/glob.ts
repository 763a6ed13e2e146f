/**
 * Patterns of file names, as shells have them, matched in time that grows with the two lengths and no faster:
 * a regular expression made of `*a*a*a*a*a*b`, as libraries make it, holds the process for seconds.
 */

/** A position is reached when everything before it is matched. There is one position more than there are characters. */
type Positions = readonly boolean[];
/** Where a part of a pattern can end when it begins at these positions. */
type Part = (text: string, from: Positions) => Positions;

/** Braces in more braces than this stand for themselves. */
const maxNesting = 100;

/** What has a meaning of its own; any other character stands for itself. */
const tokens = /\\[^]|\[[!^]?\]?[^\]/]*\]|(?<![^/{,])\*\*(?:\/|$|(?=[,}]))|\*+|[^]/gu;

/**
 * A test for names. `*` and `?` stand for characters that are not `/`, `[a-c]` for one of them and `[!a-c]` for
 * one of the others, `**` for folders of any depth, `{a,b}` for either; `\` takes its meaning from what follows.
 * @example
 * compileGlob('out/*.{csv,txt}')('out/1.csv'); // true
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const parts = parse(pattern);
  return (name) => {
    const start = Array.from({ length: name.length + 1 }, (_none, at) => at === 0);
    return follow(parts, name, start).at(-1) === true;
  };
}

function follow(parts: readonly Part[], text: string, from: Positions): Positions {
  let positions = from;
  for (const part of parts) {
    if (!positions.includes(true)) break;
    positions = part(text, positions);
  }
  return positions;
}

function parse(pattern: string): Part[] {
  const written = Array.from(pattern.matchAll(tokens), ([token]) => token);
  const choices = findChoices(written);
  const whole: Part[] = [];
  /** The alternatives so far of each choice that is open. */
  const open: Part[][][] = [];
  for (const [index, token] of written.entries()) {
    const isOfChoice = choices.has(index);
    if (isOfChoice && token === '{') open.push([[]]);
    else if (isOfChoice && token === ',') open.at(-1)?.push([]);
    else {
      const part = isOfChoice ? anyOf(open.pop() ?? []) : partOf(token);
      (open.at(-1)?.at(-1) ?? whole).push(part);
    }
  }
  return whole;
}

/** The positions of the braces and commas that offer a choice. The others stand for themselves. */
function findChoices(written: readonly string[]): Set<number> {
  const choices = new Set<number>();
  const open: number[][] = [];
  for (const [index, token] of written.entries()) {
    if (token === '{') open.push([index]);
    if (token === ',') open.at(-1)?.push(index);
    if (token !== '}') continue;
    const marks = open.pop() ?? [];
    if (marks.length > 1 && open.length < maxNesting) for (const mark of [...marks, index]) choices.add(mark);
  }
  return choices;
}

function anyOf(alternatives: readonly Part[][]): Part {
  return (text, from) => {
    const ends = alternatives.map((parts) => follow(parts, text, from));
    return from.map((_reached, at) => ends.some((positions) => positions[at]));
  };
}

function partOf(token: string): Part {
  if (token === '?') return character((one) => one !== '/');
  if (token === '**/') return folders;
  if (token === '**') return anything;
  if (token.startsWith('*')) return withinFolder;
  if (token.startsWith('[') && token.length > 1) return character(setOf(token.slice(1, -1)));
  return literal(token.length > 1 && token.startsWith('\\') ? token.slice(1) : token);
}

function literal(written: string): Part {
  return step((text, at) => (text.startsWith(written, at) ? written.length : 0));
}

function character(isWanted: (one: string) => boolean): Part {
  return step((text, at) => {
    const one = String.fromCodePoint(text.codePointAt(at) ?? 0);
    return at < text.length && isWanted(one) ? one.length : 0;
  });
}

/** A part of which there is one length at each position; 0 where it does not fit. */
function step(lengthAt: (text: string, at: number) => number): Part {
  return (text, from) => {
    const to = from.map(() => false);
    for (const [at, isReached] of from.entries()) {
      const length = isReached ? lengthAt(text, at) : 0;
      if (length > 0) to[at + length] = true;
    }
    return to;
  };
}

const withinFolder: Part = (text, from) => {
  let isUnderWay = false;
  return from.map((isReached, at) => {
    isUnderWay = isReached || (isUnderWay && text[at - 1] !== '/');
    return isUnderWay;
  });
};

const anything: Part = (_text, from) => {
  const first = from.indexOf(true);
  return from.map((_isReached, at) => at >= first);
};

const folders: Part = (text, from) => {
  const first = from.indexOf(true);
  return from.map((isReached, at) => isReached || (at > first && text[at - 1] === '/'));
};

/** The characters between `[` and `]`. */
function setOf(written: string): (one: string) => boolean {
  const isNegated = /^[!^]/.test(written);
  const ranges = [...written.slice(isNegated ? 1 : 0).matchAll(/([^])-([^])|[^]/gu)].map(
    ([one, first = one, last = one]) => ({ first: codeOf(first), last: codeOf(last) }),
  );
  return (one) => {
    const code = codeOf(one);
    const isIn = ranges.some(({ first, last }) => first <= code && code <= last);
    return one !== '/' && isIn !== isNegated;
  };
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
