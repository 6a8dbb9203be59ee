// A page of talk while it is open. It hears what changed, and asks the console for those pieces alone, rendered for its reader;
// nothing is put together here. Forms marked `data-quiet` are sent without leaving the page. Without a script all works, too.

import { Realtime } from "/static/realtime.js";

const PAUSE = 120; // milliseconds in which changes are gathered
const READ_PAUSE = 5_000; // before what is on the page counts as read
const TYPING_EVERY = 4_000; // the server forgets after ten seconds
const STATES = { open: "live", connecting: "connecting …", waiting: "the connection is lost; trying again …", closed: "" };

const talk = document.getElementById("talk");
const { room, since, me, secret, token, news, thread, order, first, last, read } = talk.dataset;
const part = (id) => document.getElementById(id);

/** Replace a piece of the page, unless somebody is writing in it; what was open stays open, and the focus where it was. */
function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  if (focused?.matches("input, textarea, select") && !fresh.dataset.gone) return;
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  const details = fresh.querySelectorAll("details");
  if (details.length === open.length) details.forEach((one, place) => (one.open = open[place]));
  old.replaceWith(fresh);
  if (focused?.id) part(focused.id)?.focus();
}

function tell(id, words) {
  for (const one of ["trouble", "done"]) {
    part(one).hidden = one !== id || !words;
    part(one).textContent = one === id ? words : "";
  }
}

async function page(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if ([401, 403, 404].includes(answer.status)) location.reload(); // the page says why
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// --- Pieces that changed, asked for together and one request after another

const changed = new Set();
const revealed = new Set();
let timer = null;
let turn = Promise.resolve();

function again(id, pause = PAUSE) {
  if (id) changed.add(id);
  timer ??= setTimeout(() => {
    timer = null;
    turn = turn.then(news ? askPosts : askAll).catch(() => again(null, 3_000));
  }, pause);
}

async function askPosts() {
  const ids = [...changed].slice(0, 50);
  const query = new URLSearchParams(ids.map((id) => [revealed.has(id) ? "reveal" : "post", id]));
  const fresh = await page(`${news}?${query}`);
  for (const id of ids) changed.delete(id);
  swap(part("thread-head"), fresh.getElementById("thread-head"));
  fresh.querySelectorAll("#news > li").forEach(place);
  dress();
  if (changed.size > 0) again();
}

async function askAll() {
  const fresh = await page(location.href);
  for (const id of ["thread-head", "posts", "threads"]) if (part(id)) swap(part(id), fresh.getElementById(id));
  changed.clear();
  dress();
}

/** Put a post where it belongs: in the place of what it was, or among its siblings. */
function place(post) {
  const known = part(post.id);
  if (known) return swap(known.querySelector(".said"), post.querySelector(".said"));
  const { parent } = post.dataset;
  const siblings = parent ? document.querySelector(`#post-${parent} > .answers`) : part("posts");
  const isHere = parent ? siblings : order === "newest" ? first : last;
  if (!isHere) part("newer").hidden = false;
  else if (order === "newest") siblings.prepend(post);
  else siblings.append(post);
}

function dress() {
  const head = part("thread-head");
  if (!head) return;
  talk.classList.toggle("is-locked", head.dataset.locked === "yes");
  part("silence").hidden = part("posts").children.length > 0;
  if (head.dataset.followed === "yes") markRead();
}

// --- What was read, by whoever follows the thread

let marked = 0;
let marking = null;

function markRead() {
  const seqs = [...document.querySelectorAll(".post")].map((post) => Number(post.dataset.seq));
  const seq = Math.max(0, ...seqs);
  if (!read || seq <= marked || document.visibilityState !== "visible") return;
  marking ??= setTimeout(() => {
    marking = null;
    marked = seq;
    send(read, { seq }).catch(() => (marked = 0));
  }, READ_PAUSE);
}

document.addEventListener("visibilitychange", dress);

// --- Forms

async function send(address, fields, body = new FormData()) {
  for (const [name, value] of Object.entries({ secret, ...fields })) body.set(name, value);
  const answer = await fetch(address, {
    method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" },
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  stopTyping();
  try {
    const told = await send(form.getAttribute("action"), {}, new FormData(form, event.submitter));
    tell("done", form.dataset.quiet);
    form.reset();
    const details = form.closest("details");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    }
    again(told.post_id);
  } catch (error) {
    tell("trouble", error instanceof TypeError ? "Nothing was sent: the server does not answer." : error.message);
  } finally {
    delete form.dataset.busy;
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-reveal]");
  if (!link || !news) return;
  event.preventDefault();
  revealed.add(link.dataset.reveal);
  again(link.dataset.reveal);
});

// --- Who is typing

const typists = new Map(); // id -> name
let typed = 0;

async function showTyping({ user_id: id, is_typing: isTyping }) {
  if (!isTyping) typists.delete(id);
  else typists.set(id, await nameOf(id));
  const names = [...typists.values()];
  part("typing").textContent = names.length ? `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing …` : "";
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
  subscription.send("typing_start").catch(() => {}); // who is not connected is not seen typing
});

function stopTyping() {
  if (typed) subscription.send("typing_stop").catch(() => {});
  typed = 0;
}

// --- The room

const realtime = new Realtime(location.origin, {
  token: async () => (me ? (await send(token)).token : null),
  onState: (state) => {
    part("state").textContent = STATES[state];
    part("state").dataset.state = state;
  },
});

const subscription = realtime.subscribe(room, {
  since: Number(since),
  onEvent: ({ type, payload }) => {
    if (type === "typing") showTyping(payload);
    else if (!news) again();
    else if (payload.thread_id !== thread) return;
    else if (type === "thread_updated") again();
    else if (type === "post_created" || part(`post-${payload.post_id}`)) again(payload.post_id);
  },
  onReset: () => (turn = turn.then(askAll).catch(() => again(null, 3_000))),
  onSubscribed: ({ typing }) => {
    typists.clear();
    for (const id of typing ?? []) if (id !== me) showTyping({ user_id: id, is_typing: true });
  },
  onError: (error) => error.status === 403 && tell("trouble", error.message),
  onEnd: () => location.reload(),
});

dress();
