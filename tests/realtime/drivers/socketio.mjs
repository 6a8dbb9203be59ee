// The contract's commands for the real socket.io-client: `node socketio.mjs ORIGIN [TOKEN]`.
// What it does beyond the library's own is what docs/realtime.md tells every client to do: keep the last number, send it
// with each subscription, drop what it has had.
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const [origin, token] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
const sockets = new Map();
const last = new Map();

function subscribe(room) {
  const since = last.get(room);
  sockets.get(room).emit("subscribe", since === undefined ? { room } : { room, since }, (answer) => {
    if (answer.ok) tell({ subscribed: { seq: last.get(room), present: answer.present, typing: answer.typing } });
    else tell({ problem: answer });
  });
}

function heard(room, event) {
  const { seq, type, payload } = event;
  if (type === "error") return tell({ problem: payload });
  if (type === "unsubscribed") return tell({ ended: room });
  if (type === "subscribed") {
    if (payload.resync) tell({ reset: payload.seq });
    if (payload.resync || !last.has(room)) last.set(room, payload.seq);
    return;
  }
  if (seq !== null) {
    if (seq <= last.get(room)) return;
    last.set(room, seq);
  }
  tell({ event });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { number, room, event, since, data } = JSON.parse(line);
  if (event === "subscribe") {
    if (since !== undefined) last.set(room, since);
    const socket = io(`${origin}/${room.split(":")[0]}`, {
      transports: ["websocket"], auth: token ? { token } : {}, reconnectionDelay: 100, forceNew: true,
    });
    sockets.set(room, socket);
    socket.on("connect", () => subscribe(room));
    socket.on("connect_error", (error) => error.data && tell({ problem: error.data }));
    socket.onAny((_name, event) => heard(room, event));
  } else if (event === "unsubscribe") {
    sockets.get(room).emit("unsubscribe", { room });
  } else {
    sockets.get(room).emit(event, { room, ...data }, (answer) =>
      tell(answer.ok ? { number, answer } : { number, problem: answer }));
  }
}
for (const socket of sockets.values()) socket.disconnect();
