// The storage channel, to read: what the bots have stored, and which of them.

import { show } from './log.js';
import { facts, fileLink, icons, label, thumb } from './media.js';
import { api, count, day, el, icon, moment } from './parts.js';
import { here, nameOf } from './state.js';

const most = 1000; // posts that are shown, the newest; also what one answer holds

let drawn = '';

export async function followChannel(signal, first) {
  const path = `/channels/${here.place.id}/messages`;
  let page = await api('GET', path, undefined, signal);
  const cut = page.last_id > most && page.messages.length === most;
  if (cut) page = await api('GET', `${path}?after=${page.last_id - most}`, undefined, signal);
  const text = JSON.stringify(page.messages);
  if (first || text !== drawn) draw(page.messages, cut, first);
  drawn = text;
}

function draw(messages, cut, first) {
  const nodes = [], total = messages.reduce((n, p) => n + (p.media?.size ?? 0), 0);
  nodes.push(el('p', { className: 'day' }, messages.length ? `${cut ? 'The newest ' : ''}${count(messages.length, 'post')}, ${facts({ size: total })}` : 'Nothing is stored'));
  let today = '';
  for (const p of messages) {
    const d = day(p.date);
    if (d !== today) nodes.push(el('div', { className: 'day' }, today = d));
    nodes.push(post(p));
  }
  if (!messages.length) nodes.push(el('div', { className: 'nothing' }, el('b', {}, 'The channel is empty'), 'A file that you send to the main bot is stored here.'));
  show(nodes, { end: first });
}

function post(p) {
  const name = p.media ? p.media.file_name || p.text || label[p.media.kind] : p.text;
  const picture = el('i', {}, icon(icons[p.media?.kind] ?? 'file')), small = p.media && thumb(p.media);
  if (small) picture.append(small);
  return el('article', { className: 'post', 'aria-label': `Post ${p.id}` }, el('em', {}, p.id), picture,
    el('span', {}, el('b', {}, p.media ? el('a', { href: fileLink(p.media), download: p.media.file_name || 'file', title: `Save ${name}` }, name) : name),
      p.media && p.text && p.text !== name && el('small', {}, `“${p.text}”`),
      p.media && el('small', {}, facts(p.media)),
      el('small', {}, `stored by ${p.posted_by ? nameOf(p.posted_by) : 'the owner'}${p.media ? ` in data centre ${p.media.dc}` : ''}`)),
    el('time', { dateTime: p.date }, moment(p.date)));
}
