// What the page knows: the people, bots and channels, who one is, what is open.

import { api } from './parts.js';

export const here = {
  info: { bots: [], users: [], channels: [], dcs: [] },
  user: 0,
  place: null, // {kind: 'bot' | 'channel', id}
  messages: new Map(), // of the open chat, by id
};

export const chatPath = () => `/users/${here.user}/chats/${here.place.id}`;
export const userName = (u) => [u.first_name, u.last_name].filter(Boolean).join(' ');
export const botOf = (id) => here.info.bots.find((b) => b.id === id);
export const channelOf = (id) => here.info.channels.find((c) => c.id === id || c.peer_id === id);

/** nameOf is what people call an id; a name stays one. */
export function nameOf(id) {
  if (typeof id === 'string') return id;
  const bot = botOf(id), person = here.info.users.find((u) => u.id === id);
  return bot ? `@${bot.username}` : person ? userName(person) : channelOf(id)?.title ?? String(id);
}

/** everybody is who may have written a message first, by name. */
export const everybody = () => new Map([...here.info.users.map((u) => u.id), ...here.info.bots.map((b) => b.id), ...here.info.channels.map((c) => c.peer_id)].map((id) => [nameOf(id), id]));

export async function loadInfo() {
  here.info = await api('GET', '/info');
  if (!here.info.users.some((u) => u.id === here.user)) here.user = here.info.users[0]?.id ?? 0;
}
