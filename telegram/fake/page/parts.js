// Small things that both halves of the chat page use: elements, the control API,
// words for sizes and times.

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
  node.append(...children.filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

export async function api(method, path, body, signal) {
  const answer = await fetch(`/v1${path}`, { method, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(value.error.message), { status: answer.status });
  return value;
}

export const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
export const calendar = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
export const rest = (ms, signal) => new Promise((done) => { const t = setTimeout(done, ms); signal?.addEventListener('abort', () => { clearTimeout(t); done(); }); });

export function bytes(n) {
  const unit = ['B', 'KB', 'MB', 'GB'];
  let i = 0;
  for (; n >= 1000 && i < 3; i++) n /= 1000;
  return `${i && n < 100 ? n.toFixed(1) : Math.round(n)} ${unit[i]}`;
}

export function time(seconds) {
  const s = Math.round(seconds), pad = (n) => String(n).padStart(2, '0');
  return s >= 3600 ? `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}` : `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

let toastTimer;
export function toast(text) {
  $('toast').textContent = text;
  $('toast').showPopover();
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $('toast').hidePopover(), 4000);
}
export const complain = (err) => { if (err.name !== 'AbortError') toast(err.message); };

export const icons = { video: 'play', animation: 'play', video_note: 'play', audio: 'audio', voice: 'audio', photo: 'photo' };
export const label = { video: 'Video', animation: 'Animation', video_note: 'Video note', audio: 'Audio', voice: 'Voice message', photo: 'Photo', document: 'File' };
export const facts = (s) => [label[s.kind], bytes(s.size), s.duration > 0 && time(s.duration), s.width > 0 && `${s.width}×${s.height}`].filter(Boolean).join(' · ');
/** safe is an address that may stand in a link. */
export const safe = (url) => /^https?:\/\//i.test(url ?? '') ? url : undefined;
