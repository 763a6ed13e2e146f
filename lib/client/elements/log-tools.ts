/** What the bar above the output does. */

import { setText } from './dom.js';
import { copyText } from './copy-text.js';
import type { LogFrame } from './log-frame.js';
import type { LogOutput } from './log-output.js';
import { press } from './log-toolbar.js';

const wait = 150;

/** Connects the bar with the output. Returns the function that ends it. */
export function wireTools(frame: LogFrame, output: LogOutput, host: HTMLElement): () => void {
  const stopSearch = wireSearch(frame, output);
  const { wrap, times, copy } = frame;
  wrap.addEventListener('click', () => output.setWrap(press(wrap)));
  times.addEventListener('click', () => output.setTimes(press(times)));
  if (host.hasAttribute('wrap')) output.setWrap(press(wrap));
  if (host.hasAttribute('times')) output.setTimes(press(times));
  copy.addEventListener('click', () => void copyAll(frame, output));
  const stopFull = wireFullScreen(frame, host);
  return () => {
    stopSearch();
    stopFull();
  };
}

/** Says how many hits there are, and which of them the reader is at. */
export function showHits({ hits, count, previous, next }: LogFrame, { search }: LogOutput): void {
  hits.hidden = !search.isActive;
  previous.disabled = next.disabled = search.count === 0;
  count.title = search.problem;
  setText(count, search.isActive ? hitWords(search) : '');
}

function hitWords({ current, count, isDone, isCut, problem }: LogOutput['search']): string {
  if (problem !== '') return 'Search failed';
  if (isDone && count === 0) return 'No hit';
  const position = current < 0 ? '' : `${(current + 1).toLocaleString('en')} of `;
  return `${position}${count.toLocaleString('en')}${isCut ? '+' : ''}${isDone ? '' : '…'}`;
}

function wireSearch(frame: LogFrame, output: LogOutput): () => void {
  const { search, previous, next, scroller, viewport, bar } = frame;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let searched = '';
  const find = () => {
    clearTimeout(timer);
    if (search.value === searched) return false;
    searched = search.value;
    // A colon and a number is a line number, not a text.
    if (!/^:\d*$/.test(searched)) output.find(searched);
    return true;
  };
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(find, wait);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && search.value === '') scroller.focus();
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const line = /^:(\d+)$/.exec(search.value)?.[1];
    if (line) output.goToLine(Number(line));
    else if (!find()) output.step(event.shiftKey ? -1 : 1);
  });
  previous.addEventListener('click', () => output.step(-1));
  next.addEventListener('click', () => output.step(1));
  for (const part of [viewport, bar]) {
    part.addEventListener('keydown', (event) => {
      // The browser's own search sees only the rows that are in the document.
      const isFind =
        event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isFind && !(event.key === '/' && event.target === scroller)) return;
      event.preventDefault();
      search.focus();
      search.select();
    });
  }
  return () => clearTimeout(timer);
}

async function copyAll({ announcer, copy, toolbarNote }: LogFrame, output: LogOutput): Promise<void> {
  try {
    await copyText(await output.text(), copy.parentElement ?? document.body);
    setText(toolbarNote, 'Copied');
    setText(announcer, 'The output is copied.');
  } catch (error) {
    setText(toolbarNote, 'Not copied');
    setText(announcer, `The output could not be copied: ${(error as Error).message}`);
  }
  setTimeout(() => setText(toolbarNote, ''), 2500);
}

function wireFullScreen({ full }: LogFrame, host: HTMLElement): () => void {
  const show = () => void press(full, document.fullscreenElement === host);
  full.addEventListener('click', () => {
    const isFull = document.fullscreenElement === host;
    // Refused where the page is in a frame that may not: then nothing changes.
    void (isFull ? document.exitFullscreen() : host.requestFullscreen()).catch(show);
  });
  document.addEventListener('fullscreenchange', show);
  return () => document.removeEventListener('fullscreenchange', show);
}
