/**
 * Events of The Reality Report, for browsers and Node: one WebSocket, rooms that miss nothing and repeat nothing.
 *
 *     import { Realtime } from "/static/realtime.js";
 *     const realtime = new Realtime("https://api.example.org", { token: () => session.accessToken });
 *     const room = realtime.subscribe(`discussions:episode:${id}`, { onEvent: (event) => show(event) });
 *
 * It speaks Socket.IO (protocol 5) over Engine.IO (protocol 4), by WebSocket alone, and what docs/realtime.md says on top:
 * a room's events are numbered without gaps. This client keeps the number of the last event that it handed over, asks for
 * what came after it whenever it connects, drops what it has had, and fetches what is missing before it goes on.
 * Nothing is handed over out of its order. There is no build step and no dependency; types are in realtime.d.ts.
 */

const OPEN = "0", CLOSE = "1", PING = "2", PONG = "3", MESSAGE = "4"; // Engine.IO
const CONNECT = 0, DISCONNECT = 1, EVENT = 2, ACK = 3, CONNECT_ERROR = 4; // Socket.IO

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const ANSWER_TIME = 10_000; // milliseconds that the server may take to answer

/** What the server, or the way to it, says is wrong. `problem` is an RFC 9457 problem where the server has spoken. */
export class RealtimeError extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title ?? "the server refused");
    this.name = "RealtimeError";
    this.problem = problem;
    this.status = problem.status ?? 0;
  }
}

/** One connection, however many rooms; it comes back by itself until `close`. */
export class Realtime {
  #origin;
  #options;
  #socket = null;
  #namespaces = new Map(); // name -> Namespace
  #failures = 0; // in a row
  #timer = null;
  #silence = null;
  #patience = 45_000; // milliseconds without a word after which the connection is taken for dead
  #closed = false;
  #state = "closed";

  constructor(origin, options = {}) {
    this.#origin = origin.replace(/\/+$/, "");
    this.#options = options;
  }

  /** connecting, open, waiting (for the next try) or closed. */
  get state() {
    return this.#state;
  }

  /** Listen to a room. `since` is the number of the last event that you know; without it, only what is new is told. */
  subscribe(room, handlers) {
    if (this.#closed) throw new Error("this client was closed");
    const name = `/${room.split(":", 1)[0]}`;
    if (!this.#namespaces.has(name)) this.#namespaces.set(name, new Namespace(name, this));
    const subscription = new Subscription(room, handlers, this.#namespaces.get(name), this);
    this.#namespaces.get(name).add(subscription);
    if (this.#socket === null && this.#timer === null) this.#connect();
    return subscription;
  }

  /** End everything. What is under way is answered with an error. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#drop("closed");
  }

  /** Give up the connection and make another one, after a pause that grows with failures in a row. */
  reconnect() {
    if (!this.#closed) this.#drop("waiting");
  }

  /** The token to show now, or null. */
  async token() {
    const { token } = this.#options;
    return (typeof token === "function" ? await token() : token) ?? null;
  }

  /** The events of a room after a number, as the REST API has them. */
  async missed(room, since) {
    const fetched = this.#options.fetch ?? globalThis.fetch;
    const token = await this.token();
    const answer = await fetched(`${this.#origin}/api/v1/rooms/${room}/events?since=${since}`, {
      headers: token === null ? {} : { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_TIME),
    });
    const body = await answer.json();
    if (!answer.ok) throw new RealtimeError(body);
    return body;
  }

  /** Write a packet of Socket.IO; false when there is no connection. */
  write(packet) {
    if (this.#socket?.readyState !== 1 || this.#state !== "open") return false;
    this.#socket.send(MESSAGE + packet);
    return true;
  }

  #connect() {
    this.#timer = null;
    this.#become("connecting");
    const WebSocket = this.#options.WebSocket ?? globalThis.WebSocket;
    const address = `${this.#origin.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`;
    const socket = (this.#socket = new WebSocket(address));
    socket.onmessage = ({ data }) => socket === this.#socket && this.#receive(data);
    socket.onclose = () => socket === this.#socket && this.reconnect();
    socket.onerror = () => {}; // a close follows
    this.#heard();
  }

  #drop(state) {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    for (const namespace of this.#namespaces.values()) namespace.lost();
    this.#become(state);
    if (state !== "waiting" || this.#timer !== null) return;
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
    this.#timer = setTimeout(() => this.#connect(), longest * (0.5 + Math.random() / 2));
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }

  /** The server says something at least once in a ping's time; a connection that is silent for longer is dead. */
  #heard() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.reconnect(), this.#patience);
  }

  #receive(data) {
    if (typeof data !== "string") return; // no event has attachments
    this.#heard();
    const rest = data.slice(1);
    switch (data[0]) {
      case OPEN: {
        const { pingInterval, pingTimeout } = JSON.parse(rest);
        this.#patience = pingInterval + pingTimeout;
        this.#become("open");
        for (const namespace of this.#namespaces.values()) namespace.connect();
        break;
      }
      case PING:
        this.#socket.send(PONG + rest);
        break;
      case CLOSE:
        this.reconnect();
        break;
      case MESSAGE: {
        const [, type, name = "/", number, body] = /^(\d)(?:(\/[^,]*),)?(\d+)?(.*)$/s.exec(rest) ?? [];
        this.#namespaces.get(name)?.receive(Number(type), number, body ? JSON.parse(body) : undefined);
      }
    }
  }

  /** A namespace has been let in: the way is free, so the next failure is the first one again. */
  arrived() {
    this.#failures = 0;
  }
}

/** A namespace of the connection, with the rooms that belong to it. */
class Namespace {
  #name;
  #client;
  #rooms = new Map(); // name -> Subscription
  #waiting = new Map(); // number -> what waits for that acknowledgement
  #numbers = 0;
  #letIn = false;
  #round = 0; // counts connections, so that what belonged to an earlier one is noticed
  #refusals = 0; // in a row
  #timer = null;

  constructor(name, client) {
    this.#name = name;
    this.#client = client;
  }

  add(subscription) {
    if (this.#rooms.has(subscription.room)) throw new Error(`this client listens to ${subscription.room} already`);
    this.#rooms.set(subscription.room, subscription);
    if (this.#letIn) subscription.begin();
    else if (this.#rooms.size === 1) this.connect();
  }

  remove(subscription) {
    this.#rooms.delete(subscription.room);
  }

  /** Ask to be let in, with the token of this moment. */
  async connect() {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    let token = null;
    try {
      token = await this.#client.token();
    } catch (error) {
      return this.#refused(error);
    }
    if (round === this.#round && this.#rooms.size > 0) this.#write(CONNECT, "", token === null ? {} : { token });
  }

  /** The connection is gone, and all that was asked on it. */
  lost() {
    clearTimeout(this.#timer);
    this.#round++;
    this.#letIn = false;
    for (const { reject } of this.#waiting.values()) reject(new RealtimeError({ detail: "the connection was lost" }));
    this.#waiting.clear();
  }

  /** Send an event; gives the server's acknowledgement, or the problem that it names. */
  emit(event, data) {
    return new Promise((resolve, reject) => {
      const number = this.#numbers++;
      if (!this.#letIn || !this.#write(EVENT, number, [event, data]))
        return reject(new RealtimeError({ detail: "there is no connection" }));
      const timer = setTimeout(() => {
        this.#waiting.delete(number);
        reject(new RealtimeError({ detail: "the server did not answer in time" }));
      }, ANSWER_TIME);
      const settle = (done) => (value) => (clearTimeout(timer), done(value));
      this.#waiting.set(number, { resolve: settle(resolve), reject: settle(reject) });
    });
  }

  receive(type, number, data) {
    switch (type) {
      case CONNECT:
        this.#letIn = true;
        this.#refusals = 0;
        this.#client.arrived();
        for (const subscription of this.#rooms.values()) subscription.begin();
        break;
      case CONNECT_ERROR:
        this.#refused(new RealtimeError(data.data ?? { detail: data.message }));
        break;
      case DISCONNECT: // a token that is over, as a rule
        this.lost();
        this.#again();
        break;
      case ACK: {
        const { resolve, reject } = this.#waiting.get(Number(number)) ?? {};
        this.#waiting.delete(Number(number));
        if (data[0].ok) resolve?.(data[0]);
        else reject?.(new RealtimeError(data[0]));
        break;
      }
      case EVENT: {
        const event = data[1];
        const room = event.room ?? event.payload.room;
        for (const subscription of room ? [this.#rooms.get(room)] : this.#rooms.values()) subscription?.receive(event);
      }
    }
  }

  #refused(error) {
    for (const subscription of this.#rooms.values()) subscription.failed(error);
    this.#again();
  }

  #again() {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#refusals++);
    this.#timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2));
  }

  #write(type, number, data) {
    return this.#client.write(`${type}${this.#name},${number}${JSON.stringify(data)}`);
  }
}

/** A room that is listened to. */
class Subscription {
  #handlers;
  #namespace;
  #client;
  #last; // number of the last event that was handed over; null until the server has said where the room is
  #held = new Map(); // events that came after a gap, by their numbers
  #filling = false;

  constructor(room, handlers, namespace, client) {
    this.room = room;
    this.#handlers = handlers;
    this.#namespace = namespace;
    this.#client = client;
    this.#last = handlers.since ?? null;
  }

  /** The number of the last event that was handed over: `since` for the next time. */
  get seq() {
    return this.#last;
  }

  /** Send an event to the room, such as `typing_start`; gives the server's acknowledgement. */
  send(event, data = {}) {
    return this.#namespace.emit(event, { room: this.room, ...data });
  }

  /** Listen no more. */
  close() {
    this.#namespace.remove(this);
    this.send("unsubscribe").catch(() => {}); // a connection that is lost is left all the same
  }

  begin() {
    this.#held.clear();
    this.send("subscribe", this.#last === null ? {} : { since: this.#last }).then(
      ({ present, typing }) => this.#handlers.onSubscribed?.({ seq: this.#last, present, typing }),
      (error) => (error.status > 0 ? this.failed(error) : this.#client.reconnect()),
    );
  }

  failed(error) {
    this.#handlers.onError?.(error);
  }

  receive(event) {
    if (event.type === "error") return this.failed(new RealtimeError(event.payload));
    if (event.type === "subscribed") return this.#begun(event.payload);
    if (event.type === "unsubscribed") return this.#ended();
    if (event.seq === null) return this.#hand(event); // typing, presence: told once, to whoever is there
    if (this.#last !== null && event.seq <= this.#last) return;
    if (this.#last !== null && event.seq > this.#last + 1) {
      this.#held.set(event.seq, event);
      this.#fill();
      return;
    }
    this.#next(event);
    for (let held; (held = this.#held.get(this.#last + 1)); ) {
      this.#held.delete(held.seq);
      this.#next(held);
    }
  }

  #begun({ seq, resync }) {
    if (this.#last === null || resync) this.#last = seq;
    if (resync) this.#handlers.onReset?.(seq);
  }

  /** The server has ended it: the right to listen is gone. */
  #ended() {
    this.#namespace.remove(this);
    this.#handlers.onEnd?.();
  }

  #next(event) {
    this.#last = event.seq;
    this.#hand(event);
  }

  #hand(event) {
    try {
      this.#handlers.onEvent(event);
    } catch (error) {
      queueMicrotask(() => { throw error; }); // the app's own, which must not stop what comes next
    }
  }

  /** Fetch what is missing. Where that fails, a new connection is told of it. */
  async #fill() {
    if (this.#filling) return;
    this.#filling = true;
    try {
      while (this.#held.size > 0) {
        const before = this.#last;
        for (const event of await this.#client.missed(this.room, before)) this.receive(event);
        if (this.#last === before) throw new RealtimeError({ detail: "events are missing" });
        for (const seq of this.#held.keys()) if (seq <= this.#last) this.#held.delete(seq);
      }
    } catch {
      this.#client.reconnect();
    } finally {
      this.#filling = false;
    }
  }
}
