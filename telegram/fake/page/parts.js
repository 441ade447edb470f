// Small things that all of the chat page uses: elements, the control API, words.

export const $ = (id) => document.getElementById(id);

/** el makes an element; on… props are listeners, data- and aria- ones attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith('on')) node.addEventListener(k.slice(2), v);
    else if (k in node && k !== 'list') node[k] = v;
    else node.setAttribute(k, v);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false && c !== ''));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}

/** tool is a round button that shows a picture and says a word. */
export const tool = (name, label, onclick) => el('button', { type: 'button', className: 'icon', title: label, 'aria-label': label, onclick }, icon(name));

const words = {
  FILE_PARTS_INVALID: 'Telegram takes no empty files, and none above 4 GB.',
  IMAGE_PROCESS_FAILED: 'Telegram cannot read this picture. Send it as a file.',
  PHOTO_INVALID_DIMENSIONS: 'Telegram takes no photo of this shape. Send it as a file.',
  PHOTO_SAVE_FILE_INVALID: 'A photo may have 10 MB. Send it as a file.',
  MESSAGE_TOO_LONG: 'That is too long: a message has at most 4096 characters, a caption 1024.',
  MESSAGE_EMPTY: 'A message needs some text.',
  MESSAGE_NOT_MODIFIED: 'That is what it says already.',
  'no such user': 'That person is not in this world any more.',
  'no such message': 'That message is gone.',
  'no such button': 'That button is gone.',
};
export const away = 'The fake Telegram does not answer.';

/** refusal is the error of an answer's body, in words. */
export function refusal(status, body) {
  let said = '';
  try { said = JSON.parse(body).error.message; } catch { /* no answer of the API's */ }
  return Object.assign(new Error(words[said] ?? (said || `${away} (${status})`)), { status });
}

export async function api(method, path, body, signal) {
  let answer, text;
  try {
    answer = await fetch(`/v1${path}`, { method, signal, body: body === undefined ? undefined : JSON.stringify(body) });
    text = await answer.text();
  } catch (err) {
    throw err.name === 'AbortError' ? err : new Error(away);
  }
  if (!answer.ok) throw refusal(answer.status, text);
  return JSON.parse(text);
}

const time24 = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
export const clock = (date) => time24.format(new Date(date));
export const moment = (date) => `${day(date)}, ${clock(date)}`;

/** day is what people call a date. */
export function day(date) {
  const midnight = (t) => new Date(t).setHours(0, 0, 0, 0), ago = Math.round((midnight(Date.now()) - midnight(date)) / 864e5);
  return ['Today', 'Yesterday'][ago] ?? calendar.format(new Date(date));
}

export const rest = (ms, signal) => new Promise((done) => { const t = setTimeout(done, ms); signal?.addEventListener('abort', () => { clearTimeout(t); done(); }, { once: true }); });
export const count = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** bytes counts as the bot does: in powers of 1024, by the names that people use. */
export function bytes(n) {
  if (n < 1024) return count(n, 'byte');
  const unit = ['KB', 'MB', 'GB'];
  let i = 0;
  for (n /= 1024; n >= 1023.5 && i < 2; i++) n /= 1024;
  return `${n < 9.95 ? n.toFixed(1) : Math.round(n)} ${unit[i]}`;
}

export function length(seconds) {
  const s = Math.round(seconds), pad = (n) => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

let toastTimer;
export function toast(text) {
  $('toast').textContent = text;
  $('toast').hidePopover(); // anew, so that it stands above a dialog
  $('toast').showPopover();
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').hidePopover(), Math.max(4000, text.length * 70));
}
export const complain = (err) => { if (err.name !== 'AbortError') toast(err.message); };

/** safe is an address that may stand in a link. */
export const safe = (url) => /^https?:\/\//i.test(url ?? '') ? url : undefined;
