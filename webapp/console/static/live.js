// What live pages share: the connection, pieces that are replaced, forms that are sent where they stand, and the badge of
// notifications. Whatever is shown is made on the server, for its reader; nothing is put together here.

import { Realtime } from "/static/realtime.js";

const STATES = { open: "live", connecting: "connecting …", waiting: "the connection is lost; trying again …", closed: "" };
const PAUSE = 120; // milliseconds in which changes are gathered
const LATER = 3_000; // after which a piece is asked for again where that failed

export const { me, secret, token, badge } = document.body.dataset;
export const part = (id) => document.getElementById(id);

export const realtime = new Realtime(location.origin, {
  token: async () => {
    if (!me) return null;
    try {
      return (await send(token)).token;
    } catch (error) {
      if (error.status === 401) tell("trouble", "You are signed out by now. Open the page anew to sign in again.");
      throw error;
    }
  },
  onState: (state) => {
    if (!part("state")) return;
    part("state").textContent = STATES[state];
    part("state").dataset.state = state;
  },
});

/** Replace a piece of the page, unless somebody is writing in it; what was open stays open, and the focus where it was. */
export function swap(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  if (focused?.matches("input, textarea, select") && !fresh.dataset.gone) return;
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  const details = fresh.querySelectorAll("details");
  if (details.length === open.length) details.forEach((one, place) => (one.open = open[place]));
  old.replaceWith(fresh);
  if (focused?.id) part(focused.id)?.focus();
}

/** Say something below the head of the page: what went wrong (`trouble`), or what was done (`done`). */
export function tell(id, words) {
  for (const one of ["trouble", "done"]) {
    part(one).hidden = one !== id || !words;
    part(one).textContent = one === id ? words : "";
  }
}

/** A page, or a piece of one. */
export async function ask(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if ([401, 403, 404].includes(answer.status)) location.reload(); // the page says why
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** What does `work` soon, once for all that comes meanwhile, one after another, and again where it fails. */
export function gathering(work) {
  let timer = null;
  let turn = Promise.resolve();
  return function again(pause = PAUSE) {
    timer ??= setTimeout(() => {
      timer = null;
      turn = turn.then(work).catch(() => again(LATER));
    }, pause);
  };
}

/** What asks for the whole page soon, and replaces these parts of it. */
export const refreshing = (...ids) =>
  gathering(async () => {
    const fresh = await ask(location.href);
    for (const id of ids) if (part(id) && fresh.getElementById(id)) swap(part(id), fresh.getElementById(id));
  });

/** Send a form; gives what the console tells a script. */
export async function send(address, fields = {}, body = new FormData()) {
  for (const [name, value] of Object.entries({ secret, ...fields })) body.set(name, value);
  const answer = await fetch(address, {
    method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" },
  });
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail), { status: answer.status });
  return told;
}

/** Send the forms that are marked `data-quiet` without leaving the page. */
export function quietly(onSent, onSending = () => {}) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-quiet]")) return;
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    onSending();
    try {
      const told = await send(form.getAttribute("action"), {}, new FormData(form, event.submitter));
      tell("done", form.dataset.quiet);
      form.reset();
      const details = form.closest("details");
      if (details) {
        details.open = false;
        details.querySelector("summary").focus();
      }
      onSent(told);
    } catch (error) {
      tell("trouble", error instanceof TypeError ? "Nothing was sent: the server does not answer." : error.message);
    } finally {
      delete form.dataset.busy;
    }
  });
}

/** Listen to the reader's own room: the badge follows, and whoever wants to hear of it. */
export function notified(onEvent = () => {}) {
  if (!me) return;
  const count = gathering(async () => swap(part("badge"), (await ask(badge)).getElementById("badge")));
  realtime.subscribe(`notifications:user:${me}`, {
    onEvent: (event) => {
      if (event.type.startsWith("notification")) count();
      onEvent(event);
    },
    onReset: () => count(),
  });
}
