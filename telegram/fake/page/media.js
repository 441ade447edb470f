// A file in a message: its picture, a player, what is known of it.

import { $, bytes, el, icon, length, toast } from './parts.js';

export const icons = { video: 'play', animation: 'play', video_note: 'play', audio: 'audio', voice: 'audio', photo: 'photo', text: 'text' };
export const label = { video: 'Video', animation: 'Animation', video_note: 'Video note', audio: 'Audio', voice: 'Voice message', photo: 'Photo', document: 'File' };
export const facts = (s) => [label[s.kind], bytes(s.size), s.duration > 0 && length(s.duration), s.width > 0 && `${s.width}×${s.height}`, s.source?.seed !== undefined && s.kind !== 'photo' && 'made-up bytes'].filter(Boolean).join(' · ');
export const fileLink = (s) => `/v1/documents/${s.document_id}/bytes`;

const bare = new Set(); // documents that have no thumbnail
/** forget that anything has been seen: the world is another one. */
export const forgetThumbs = () => bare.clear();

/** thumb is a file's small picture; it goes when there is none. */
export function thumb(s, ongone) {
  if (bare.has(s.document_id)) return null;
  return el('img', { src: `/thumbs/${s.document_id}`, alt: '', loading: 'lazy', decoding: 'async', onerror: (e) => { bare.add(s.document_id); const img = e.target; img.remove(); ongone?.(); } });
}

// Bytes that are computed from a seed are no film: nothing could play them.
const real = (s) => s.source?.seed === undefined;
const moves = (s) => real(s) && (/^(video|animation|video_note)$/.test(s.kind) || s.mime_type.startsWith('video/'));
const sounds = (s) => real(s) && (/^(audio|voice)$/.test(s.kind) || s.mime_type.startsWith('audio/'));

/** media shows a file as a chat does. */
export function media(s) {
  const name = s.file_name || label[s.kind] || s.kind;
  const row = el('a', { className: 'media', href: fileLink(s), download: s.file_name || 'file', title: `Save ${name}` }, el('i', {}, icon(icons[s.kind] ?? 'file')), el('span', {}, el('b', {}, name), el('small', {}, facts(s))));
  if (s.kind === 'photo') return photo(s);
  if (sounds(s)) return el('div', {}, row, el('audio', { className: 'sound', controls: true, preload: 'none', src: fileLink(s), 'aria-label': name }));
  const frame = moves(s) ? film(s, name) : still(s);
  return el('div', {}, frame, row);
}

function photo(s) {
  const look = () => { $('lookat').src = fileLink(s); $('look').showModal(); };
  const button = el('button', { type: 'button', className: 'view', 'aria-label': 'Photo, look at it in full', onclick: look });
  button.append(el('img', { src: fileLink(s), alt: '', loading: 'lazy', decoding: 'async', width: s.width || undefined, height: s.height || undefined, onerror: () => button.replaceWith(el('p', { className: 'lack' }, 'The picture cannot be shown.')) }));
  return button;
}

function still(s) {
  const frame = el('div', { className: 'view' });
  const picture = thumb(s, () => frame.remove());
  if (!picture) return null;
  frame.append(picture);
  return frame;
}

/** film is a still with a button to play; the player comes when it is pressed. */
function film(s, name) {
  const button = el('button', { type: 'button', className: 'view film', 'aria-label': `Play ${name}`, onclick: () => {
    const player = el('video', { className: 'view', controls: true, autoplay: true, loop: s.kind === 'animation', src: fileLink(s), 'aria-label': name, onerror: () => {
      player.replaceWith(button);
      toast('This browser cannot play it. Press its name to save the file.');
    } });
    button.replaceWith(player);
    player.focus();
  } });
  const picture = thumb(s);
  button.append(...[picture, el('i', {}, icon('play'))].filter(Boolean));
  return button;
}
