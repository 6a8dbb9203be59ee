/** Events of The Reality Report, for browsers and Node: one WebSocket, rooms that miss nothing and repeat nothing. */

/** Something that happened. Its payload by type: docs/realtime.md. */
export interface RealtimeEvent<Payload = Record<string, unknown>> {
  type: string;
  /** When it happened, ISO 8601 in UTC. */
  ts: string;
  /** Its number in the room; null for what is not kept: typing and presence. */
  seq: number | null;
  room: string | null;
  payload: Payload;
}

/** An error as RFC 9457 words it; without a status where the server has not spoken. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: { loc: string[]; msg: string; type: string }[];
  [more: string]: unknown;
}

export class RealtimeError extends Error {
  readonly problem: Problem;
  /** The HTTP status that REST would have answered; 0 where the server has not spoken. */
  readonly status: number;
}

export type RealtimeState = "connecting" | "open" | "waiting" | "closed";

export interface RealtimeOptions {
  /** An access token, or what gives the one of this moment: it is asked before each connection and each fetch. */
  token?: string | null | (() => string | null | Promise<string | null>);
  onState?: (state: RealtimeState) => void;
  /** Others than the global ones, for old versions of Node. */
  WebSocket?: typeof globalThis.WebSocket;
  fetch?: typeof globalThis.fetch;
}

export interface SubscriptionHandlers {
  /** The number of the last event that you know; without it, only what is new is told. */
  since?: number;
  /** Each event once, in the order of the numbers. */
  onEvent: (event: RealtimeEvent) => void;
  /** Events were missed that are not kept any more: read the state anew; what follows comes after `seq`. */
  onReset?: (seq: number) => void;
  /** The room is listened to, again and again after each reconnect; who is there and who is typing, user ids. */
  onSubscribed?: (now: { seq: number; present: string[]; typing: string[] }) => void;
  /** The server says that something is wrong: with the token, the room, or what was sent. */
  onError?: (error: RealtimeError) => void;
  /** The server has ended it: the right to listen is gone. */
  onEnd?: () => void;
}

export interface Subscription {
  readonly room: string;
  /** The number of the last event that was handed over: `since` for the next time. */
  readonly seq: number | null;
  /** Send an event to the room, such as `typing_start`; gives the server's acknowledgement. */
  send(event: string, data?: Record<string, unknown>): Promise<Record<string, unknown>>;
  close(): void;
}

export class Realtime {
  /** @param origin where the API is, such as `https://api.example.org`; nothing is sent before `subscribe`. */
  constructor(origin: string, options?: RealtimeOptions);
  readonly state: RealtimeState;
  /** Listen to a room: `discussions:episode:<id>`, `dms:conversation:<id>` … One subscription a room. */
  subscribe(room: string, handlers: SubscriptionHandlers): Subscription;
  /** Give up the connection and make another one; nothing is missed. */
  reconnect(): void;
  close(): void;
}
