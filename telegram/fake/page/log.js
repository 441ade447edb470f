// The column of messages: it keeps to its end while one is there, tells of what
// came while one was not, and is walked by arrow keys.

import { $, count } from './parts.js';

let atEnd = true, missed = 0;
const scroll = $('scroll');
const away = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
const stick = () => { if (atEnd) scroll.scrollTop = scroll.scrollHeight; };

export function toEnd() {
  atEnd = true;
  stick();
  tell();
}

function tell() {
  if (atEnd) missed = 0;
  $('toend').hidden = away() < 240;
  $('toend').setAttribute('aria-label', missed ? `Go to the end, ${count(missed, 'new message')}` : 'Go to the end');
  $('missed').textContent = missed || '';
}

/** arrange makes nodes the children of parent, and leaves those alone that stand there already. */
export function arrange(parent, nodes) {
  const keep = new Set(nodes);
  for (const old of [...parent.children]) if (!keep.has(old)) old.remove();
  nodes.forEach((n, i) => { if (parent.children[i] !== n) parent.insertBefore(n, parent.children[i] ?? null); });
}

/** show fills the log. end: go to its end; news: how many messages are new to the reader. */
export function show(nodes, { end = false, news = 0 } = {}) {
  const log = $('log'), below = scroll.scrollHeight - scroll.scrollTop, before = log.firstChild;
  arrange(log, nodes);
  if (end) atEnd = true;
  if (atEnd) stick();
  else if (before && log.firstChild !== before) scroll.scrollTop = scroll.scrollHeight - below; // older ones came above
  if (!atEnd) missed += news;
  rove(null);
  tell();
}

scroll.addEventListener('scroll', () => { atEnd = away() < 80; tell(); }, { passive: true });
const grows = new ResizeObserver(() => { stick(); tell(); });
for (const id of ['scroll', 'log', 'uploads']) grows.observe($(id));
$('toend').addEventListener('click', () => { toEnd(); $('text').focus(); });

/** rove makes one message the stop of the Tab key: node, or the last one. */
function rove(node) {
  const all = $('log').querySelectorAll('.msg');
  for (const m of $('log').querySelectorAll('.msg[tabindex="0"]')) m.tabIndex = -1;
  const one = node ?? all[all.length - 1];
  if (one) one.tabIndex = 0;
}

$('log').addEventListener('keydown', (e) => {
  if (!e.target.classList.contains('msg')) {
    if (e.key === 'Escape') e.target.closest('.msg')?.focus();
    return;
  }
  const all = [...$('log').querySelectorAll('.msg')], i = all.indexOf(e.target);
  const to = { ArrowUp: i - 1, ArrowDown: i + 1, Home: 0, End: all.length - 1 }[e.key];
  if (e.key === 'Enter') { e.preventDefault(); e.target.querySelector('.tools button')?.focus(); }
  if (e.key === 'Escape' || to === all.length) { e.preventDefault(); $('text').focus(); }
  if (to === undefined || !all[to]) return;
  e.preventDefault();
  rove(all[to]);
  all[to].focus();
});
