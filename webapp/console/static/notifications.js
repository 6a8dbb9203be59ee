// The page of notifications while it is open.

import { notified, quietly, refreshing } from "./live.js";

const refresh = refreshing("list");

quietly(() => refresh());
notified((event) => event.type.startsWith("notification") && refresh());
