import { z } from "zod";
import { openBoard } from "../../services/calls/open-board.ts";
import { apiRoute, apiRouter } from "../api-route.ts";
import { boardMessageSchema } from "../../contract/live.ts";
import { cursorSchema } from "../cursor.ts";
import { upgradeTo } from "../upgrade.ts";

const board = apiRoute({
  method: "get",
  path: "/ws/board",
  operationId: "watchBoard",
  summary: "Watch the organisation's live calls over a WebSocket",
  description:
    "First comes a `snapshot` of the live calls, then a `call` for each change of one, and an `ended`. A watcher that " +
    "reconnects names the last `cursor` it saw and is sent what it missed, or a new snapshot if that is no longer " +
    "known. A text `ping` is answered by `pong`.",
  tags: ["Calls"],
  access: { scope: "voice:calls:read", token: { purpose: "board" } },
  request: { query: z.object({ cursor: cursorSchema }) },
  responses: {
    101: { description: "The socket. Its messages are JSON: `snapshot`, `call` and `ended`." },
  },
  "x-websocket-message": boardMessageSchema,
  refuses: ["validation_failed", "upgrade_required"],
});

export const boardRoute = apiRouter().openapi(board, (c) => {
  const { object, target } = openBoard(c.get("org"), c.get("key"), c.req.valid("query").cursor);
  return upgradeTo(c, object, target, "board");
});
