// The contract's commands for our own client: `node own.mjs ORIGIN [TOKEN]`.
import { createInterface } from "node:readline";
import { Realtime } from "../../../webapp/static/realtime.js";

const [origin, token] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
const realtime = new Realtime(origin, { token, onState: (state) => tell({ state }) });
const rooms = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const { number, room, event, since, data } = JSON.parse(line);
  if (event === "subscribe") {
    rooms.set(room, realtime.subscribe(room, {
      since,
      onEvent: (event) => tell({ event }),
      onReset: (seq) => tell({ reset: seq }),
      onSubscribed: (now) => tell({ subscribed: now }),
      onError: ({ problem }) => tell({ problem }),
      onEnd: () => tell({ ended: room }),
    }));
  } else if (event === "unsubscribe") {
    rooms.get(room).close();
  } else {
    rooms.get(room).send(event, data).then(
      (answer) => tell({ number, answer }),
      ({ problem }) => tell({ number, problem }),
    );
  }
}
realtime.close();
