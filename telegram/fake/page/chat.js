// A conversation with a bot: it follows the chat's revisions, draws what changed,
// presses buttons and shows the answers.

import { arrange, show, toEnd } from './log.js';
import { drawMessage, flash, summary } from './message.js';
import { $, api, complain, day, el, safe, toast } from './parts.js';
import { forward } from './send.js';
import { chatPath, here } from './state.js';
import { focusLine, setAbout, sendText, setBlocked } from './write.js';

const step = 200; // messages that are drawn at first, and more each time

let rev = 0, drawn = new Map(), most = step;
const late = new Map(); // query id → its answer, or null while one waits for it

export function openChat() {
  here.messages = new Map();
  drawn = new Map();
  rev = 0;
  most = step;
}

/** followChat asks once what is new. first: draw what there is; else it waits for news. 'anew': the world is another one. */
export async function followChat(signal, first) {
  const news = await api('GET', `${chatPath()}?after_rev=${rev}&wait=${first ? 0 : 20}s`, undefined, signal);
  if (news.rev < rev) return 'anew';
  const changed = first || news.rev > rev;
  rev = news.rev;
  for (const m of news.messages) here.messages.set(m.id, m);
  for (const id of news.deleted) here.messages.delete(id);
  for (const a of news.answers) {
    if (late.get(a.query_id) === null) showAnswer(a);
    late.delete(a.query_id);
  }
  setBlocked(news.blocked === true);
  if (changed) draw(first, new Set(first ? [] : news.messages.filter((m) => !drawn.has(m.id)).map((m) => m.id)));
}

function draw(end, fresh = new Set()) {
  const list = [...here.messages.values()].sort((a, b) => a.id - b.id), shown = list.slice(-most), nodes = [], kept = new Map();
  const keep = (key, how, make) => {
    const before = drawn.get(key);
    if (!kept.has(key)) kept.set(key, before?.how === how ? before : { how, node: make() });
    return kept.get(key).node;
  };
  if (shown.length < list.length) nodes.push(earlier(list.length - shown.length));
  let today = '';
  const albums = new Map();
  shown.forEach((m, i) => {
    const d = day(m.date), how = { first: shown[i - 1]?.from !== m.from, last: shown[i + 1]?.from !== m.from, fresh: fresh.has(m.id) };
    if (d !== today) nodes.push(keep(today = d, '', () => el('div', { className: 'day' }, d)));
    const node = keep(m.id, [m.rev, how.first, how.last, here.messages.get(m.reply_to)?.rev].join(), () => drawMessage(m, how, acts));
    if (!m.grouped_id) return nodes.push(node);
    const album = keep(`album ${m.grouped_id}`, '', () => el('div', { className: `album${m.from === here.user ? ' mine' : ''}`, role: 'group', 'aria-label': 'Album' }));
    if (albums.has(album)) return albums.get(album).push(node);
    albums.set(album, [node]);
    nodes.push(album);
  });
  for (const [album, parts] of albums) arrange(album, parts);
  drawn = kept;
  if (!list.length) nodes.push(welcome());
  show(nodes, { end, news: [...fresh].filter((id) => here.messages.get(id)?.from !== here.user).length });
}

function welcome() {
  if (here.place.id !== here.info.bots[0]?.id) return el('div', { className: 'nothing' }, el('b', {}, 'No messages yet'), 'This bot fetches bytes for the library. It does not chat.');
  return el('div', { className: 'nothing' }, el('b', {}, 'No messages yet'), 'Press Start, or drop a film here and see where it goes.',
    el('br'), el('button', { type: 'button', className: 'solid', onclick: () => { focusLine(); sendText('/start'); } }, 'Start'));
}

function earlier(n) {
  const more = () => { most += step; draw(false); };
  return el('button', { type: 'button', className: 'soft earlier', onclick: more }, `Show earlier messages (${n})`);
}

const acts = {
  reply: (m) => setAbout({ reply: m }, summary(m)),
  edit: (m) => setAbout({ edit: m }, summary(m)),
  forward,
  remove: (m) => api('DELETE', `${chatPath()}/messages/${m.id}`).catch(complain),
  command: async (text) => { if (await sendText(text)) toEnd(); },
  goTo(id) {
    if (!here.messages.has(id)) toast('That message was deleted.');
    else if (!flash(id)) { most = Infinity; draw(false); flash(id); }
  },
  async press(m, row, column) {
    try {
      const got = await api('POST', `${chatPath()}/press`, { message_id: m.id, row, column, wait: '10s' });
      if (got.answered) showAnswer(got.answer);
      else {
        late.set(got.query_id, null);
        toast('The bot has not answered within 10 seconds. It may be busy, or not running; a late answer will still be shown.');
      }
    } catch (err) { complain(err); }
  },
};

function showAnswer(a) {
  if (a.text && a.alert) { $('alerttext').textContent = a.text; $('alert').showModal(); } else if (a.text) toast(a.text);
  if (safe(a.url)) window.open(a.url, '_blank', 'noopener');
}

/** editLast begins to edit the newest message of one's own, as ArrowUp does in an empty line. */
export function editLast() {
  const own = [...here.messages.values()].filter((m) => m.from === here.user && m.text).sort((a, b) => b.id - a.id)[0];
  if (own) acts.edit(own);
}
