// A message's text as nodes: what the sender has formatted, and the addresses and
// commands that clients find by themselves. No text is parsed as markup.

import { el, safe } from './parts.js';

/** format cuts a text where runs begin and end, and wraps each piece in all that cover it. */
export function format(text, entities, oncommand) {
  const free = (f) => !entities.some((e) => e.offset < f.offset + f.length && f.offset < e.offset + e.length && !tags[e.type]);
  const runs = [...found(text).filter(free), ...entities];
  const cuts = [...new Set([0, text.length, ...runs.flatMap((e) => [e.offset, e.offset + e.length])])].filter((n) => n >= 0 && n <= text.length).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    let node = document.createTextNode(text.slice(from, cuts[i + 1]));
    for (const e of runs) if (e.offset <= from && e.offset + e.length >= cuts[i + 1]) node = wrap(e, node, text.slice(e.offset, e.offset + e.length), oncommand);
    return node;
  });
}

function found(text) {
  return [...text.matchAll(/https?:\/\/[^\s<>"]*[^\s<>".,:;!?)]|(?<![^\s(])\/[a-z]\w*/gi)].map((m) => ({ type: m[0][0] === '/' ? 'bot_command' : 'url', offset: m.index, length: m[0].length }));
}

const tags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', strike: 's', code: 'code', pre: 'pre', blockquote: 'blockquote' };

function wrap(e, node, text, oncommand) {
  if (tags[e.type]) return el(tags[e.type], {}, node);
  if (e.type === 'spoiler') return el('span', { className: 'spoiler', tabIndex: 0 }, node);
  if (e.type === 'bot_command') return el('button', { type: 'button', className: 'command', title: `Send ${text}`, onclick: () => oncommand(text) }, node);
  const url = safe(e.type === 'text_link' || e.type === 'text_url' ? e.url : e.type === 'url' ? text : '');
  return url ? el('a', { href: url, target: '_blank', rel: 'noopener' }, node) : node;
}
