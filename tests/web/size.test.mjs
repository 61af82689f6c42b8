// What a first visit costs: bytes of script and style, as they go over the wire.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage, settled } from "./stage.mjs";

const scriptMax = 60 * 1024;
const styleMax = 20 * 1024;

let stage;
before(async () => void (stage = await openStage()));
after(() => stage?.end());

test("the first page is light", async () => {
  const page = await stage.page();
  const sizes = { script: 0, stylesheet: 0 };
  const pending = [];
  page.on("response", (response) => {
    const kind = response.request().resourceType();
    if (kind in sizes) pending.push(response.request().sizes().then((size) => void (sizes[kind] += size.responseBodySize)));
  });
  await page.goto("/");
  await settled(page);
  await page.getByRole("banner").getByRole("link", { name: "Inloggen" }).waitFor(); // who is signed in was asked
  await Promise.all(pending);
  console.log(`first page: ${sizes.script} bytes of script, ${sizes.stylesheet} of style, compressed`);
  assert.ok(sizes.script > 0 && sizes.script <= scriptMax, `${sizes.script} bytes of script`);
  assert.ok(sizes.stylesheet > 0 && sizes.stylesheet <= styleMax, `${sizes.stylesheet} bytes of style`);
});
