// A page of talk while it is open: threads about something, one thread, or a conversation. It hears what changed, and asks the
// console for those pieces alone.

import { ask, gathering, me, notified, part, quietly, realtime, refreshing, send, swap, tell } from "./live.js";

const READ_PAUSE = 5_000; // milliseconds before what is on the page counts as read
const TYPING_EVERY = 4_000; // the server forgets after ten seconds

const talk = part("talk");
const { room, since, news, of, order, first, last, read } = talk.dataset;
const entry = (id) => part(`entry-${id}`);

// --- Pieces that changed

const changed = new Set();
const revealed = new Set();
const whole = refreshing("head", "entries", "threads");

const pieces = gathering(async () => {
  const ids = [...changed].slice(0, 50);
  const query = new URLSearchParams(ids.map((id) => [revealed.has(id) ? "reveal" : "entry", id]));
  const fresh = await ask(`${news}?${query}`);
  for (const id of ids) changed.delete(id);
  const wasAtEnd = isAtEnd();
  swap(part("head"), fresh.getElementById("head"));
  fresh.querySelectorAll("#news > li").forEach(place);
  dress();
  if (wasAtEnd) goToEnd();
  if (changed.size > 0) pieces();
});

function again(id) {
  if (id) changed.add(id);
  if (news) pieces();
  else whole();
}

/** Put an entry where it belongs: in the place of what it was, or among its siblings. */
function place(fresh) {
  const known = part(fresh.id);
  if (known) return swap(known.querySelector(".said"), fresh.querySelector(".said"));
  const { parent } = fresh.dataset;
  const siblings = parent ? entry(parent)?.querySelector(".answers") : part("entries");
  if (!siblings || !(parent || (order === "newest" ? first : last))) part("newer").hidden = false;
  else if (order === "newest") siblings.prepend(fresh);
  else siblings.append(fresh);
}

function dress() {
  const head = part("head");
  if (!head) return;
  talk.classList.toggle("is-locked", head.dataset.locked === "yes");
  part("silence").hidden = part("entries").children.length > 0;
  if (head.dataset.followed === "yes") markRead();
}

// --- A conversation ends where one writes; whoever is there stays there

const isConversation = talk.classList.contains("conversation");
const isAtEnd = () => isConversation && part("say").getBoundingClientRect().top < innerHeight;
const goToEnd = () => part("say").scrollIntoView({ block: "end" });

// --- What was read, by whoever follows it

let marked = 0;
let marking = null;

function markRead() {
  const latest = [...document.querySelectorAll("[data-seq]")].reduce((one, other) =>
    Number(one.dataset.seq) > Number(other.dataset.seq) ? one : other, talk);
  const seq = Number(latest.dataset.seq ?? 0);
  if (!read || seq <= marked || document.visibilityState !== "visible") return;
  marking ??= setTimeout(() => {
    marking = null;
    marked = seq;
    send(read, { seq, last_read_message_id: latest.id.replace("entry-", "") }).catch(() => (marked = 0));
  }, READ_PAUSE);
}

document.addEventListener("visibilitychange", dress);

// --- What the reader does

quietly((told) => again(told.post_id ?? told.message_id), stopTyping);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reveal]");
  if (!link || !news) return;
  event.preventDefault();
  revealed.add(link.dataset.reveal);
  again(link.dataset.reveal);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("form.compose")?.requestSubmit();
});

// --- Who is there, and who is typing

const people = { typing: new Map(), present: new Map() }; // id -> name
let typed = 0;

async function show(what, id, isSo) {
  if (id === me) return;
  if (isSo) people[what].set(id, await nameOf(id));
  else people[what].delete(id);
  const names = [...people[what].values()];
  const is = names.length > 1 ? "are" : "is";
  if (part(what)) part(what).textContent = names.length ? `${names.join(" and ")} ${is} ${part(what).dataset.words}` : "";
}

function showAll(what, ids = []) {
  for (const id of [...people[what].keys()]) if (!ids.includes(id)) show(what, id, false);
  for (const id of ids) show(what, id, true);
}

async function nameOf(id) {
  const known = document.querySelector(`[data-user="${id}"]`);
  if (known) return known.dataset.name;
  const answer = await fetch(`/api/v1/users/${id}`);
  const user = answer.ok ? await answer.json() : {};
  return user.display_name ?? user.username ?? "Somebody";
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-typing]") || Date.now() - typed < TYPING_EVERY) return;
  typed = Date.now();
  subscription?.send("typing_start").catch(() => {}); // who is not connected is not seen typing
});

function stopTyping() {
  if (typed) subscription?.send("typing_stop").catch(() => {});
  typed = 0;
}

// --- The room

function hear({ type, payload }) {
  const id = payload.post_id ?? payload.message_id;
  if (type === "typing") show("typing", payload.user_id, payload.is_typing);
  else if (type === "presence") show("present", payload.user_id, payload.is_online);
  else if (!news || !id || type.endsWith("_created") || entry(id)) {
    if (!news || (payload.thread_id ?? payload.conversation_id) === of) again(id);
  }
}

const subscription = room && realtime.subscribe(room, {
  since: Number(since),
  onEvent: hear,
  onReset: () => whole(),
  onSubscribed: ({ typing, present }) => {
    showAll("typing", typing);
    showAll("present", present);
  },
  onError: (error) => error.status === 403 && tell("trouble", error.message),
  onEnd: () => location.reload(),
});

notified();
dress();
if (isConversation && last && !location.hash) goToEnd();
