import assert from "node:assert/strict";
import { test } from "node:test";

import { shareLink } from "../../server/web/app/room_link.js";

test("a link names the room, and the card if one is chosen", () => {
  assert.equal(shareLink("https://market.example", "orchard", ""), "https://market.example/rooms/orchard");
  assert.equal(shareLink("https://market.example", "orchard", "c1"), "https://market.example/rooms/orchard?card=c1");
  assert.equal(shareLink("https://market.example", "a/b?c", "d&e"), "https://market.example/rooms/a%2Fb%3Fc?card=d%26e");
});
