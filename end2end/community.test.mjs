// Cases shared with Active Community. The demonstration brings one of its own; here a second one, written by somebody else, holds
// every request of the portal and every answer of the demonstration's against the published description.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually, freePort, openPage, root, signIn, startPortal, startProgram, useStage, visit, whenReady } from "./lib.mjs";
import { attach, pdf } from "./supplier.mjs";

const port = await freePort();
const address = `http://127.0.0.1:${port}`;
let peer;

const ask = async (route, body) => {
  const answer = await fetch(`${address}${route}`, body && { method: "POST", body: JSON.stringify(body) });
  return answer.json();
};

before(async () => {
  const environment = process.env.PORTICO_PEERS;
  assert.ok(environment, "PORTICO_PEERS is not set. Run the tests by `make e2e`, or first: .ci/tools test; . .ci/env");
  const document = path.join(root, "docs", "community-profile", "openapi.json");
  const args = [path.join(root, "end2end", "peers", "community.py"), "--port", `${port}`, "--document", document];
  peer = await startProgram(`community-peer-${port}`, path.join(environment, "bin", "python"), args);
  await whenReady(peer, "The peer", () => eventually("the peer answers", () => ask("/_told"), { seconds: 20 }));
});
after(() => peer?.stop());

const stage = useStage({ env: { PORTICO__COMMUNITY__URL: address, PORTICO__COMMUNITY__KEY: "the key of the peer" } });

let count = 0;
/** Something happens in the peer; the description must agree with it. */
async function happens(type, more) {
  count += 1;
  const change = {
    id: `change-${count}`, type, case: "PEER-A", partner: "OSTERMANN", correlation: { community: "PEER-A" }, author: "Noor Haddad",
    side: "partner", at: "2026-11-23T08:00:00Z", ...more,
  };
  assert.deepEqual(await ask("/_change", change), [], type);
}

for (const script of [true, false]) {
  test(`k7_a_case_from_active_community_moves_on_open_pages_and_back, script ${script ? "on" : "off"}`, async () => {
    const title = `Two pallets are late (${script})`;
    const named = { case: `PEER-${script}`, correlation: { community: `PEER-${script}` } };
    await happens("case.opened", { ...named, origin: "community", kind: "shipment", title, detail: "They left with the second truck." });
    const page = await openPage(stage.browser, stage.portal, { script });
    await signIn(page, stage.portal, "supplier");
    await eventually("the case is in the list", async () => {
      await visit(page, "/cases");
      return (await page.getByRole("link", { name: title }).count()) > 0;
    });
    await page.getByRole("link", { name: title }).click();
    await page.waitForURL((url) => /^\/cases\/[0-9a-f-]{36}$/.test(url.pathname));
    const here = new URL(page.url()).pathname;
    await happens("case.commented", { ...named, origin: "community", external_id: `c-${script}`, visibility: "partner", text: "They arrive on Friday." });
    await happens("case.status_wished", { ...named, status: "resolved", note: "Nothing is left to do" });
    const said = page.locator("article.post", { hasText: "They arrive on Friday." });
    if (script) {
      // The open page shows it without being asked.
      await said.waitFor({ timeout: 20_000 });
    } else {
      await eventually("the comment is on the page", async () => {
        await page.goto(here);
        return (await said.count()) === 1;
      });
    }
    await page.getByLabel("Your message").fill(`Then gate 3 is free (${script}).`);
    await page.getByRole("button", { name: "Send" }).click();
    const admin = await openPage(stage.browser, stage.portal, { script });
    await signIn(admin, stage.portal, "admin");
    await visit(admin, here);
    assert.match(await admin.locator("main").innerText(), /Asks for[\s\S]*Nothing is left to do/);
    await admin.getByText("Internal note").first().click();
    await admin.getByLabel("Your message").fill("This stays among us.");
    await admin.getByRole("button", { name: "Send" }).click();
    await admin.locator("article.post.internal", { hasText: "This stays among us." }).waitFor();
    await eventually("both are in step", async () => {
      await admin.goto(here);
      return /Active Community[\s\S]*PEER-(true|false)[\s\S]*In step/.test(await admin.locator("#bonds").innerText());
    });
    await visit(admin, "/connections");
    assert.match(await admin.locator("#community").innerText(), /Working/);
    await visit(page, `${here}/attachments`);
    await attach(page, [pdf(`gate ${script}`)]);
    await page.locator("#files tbody tr").first().waitFor();
    const texts = await eventually("Active Community has the message", async () => {
      const told = await ask("/_told");
      const texts = told.flatMap(({ request, body }) => (request.endsWith("/comments") ? [body.text] : []));
      return texts.includes(`Then gate 3 is free (${script}).`) && texts;
    }, { seconds: 30 });
    assert.ok(!texts.includes("They arrive on Friday."), texts.join("; "));
    await page.context().close();
    await admin.context().close();
  });
}

describe("judged by JSON Schema against the published description", () => {
  test("every kind of request of the portal is as described", async () => {
    const told = await eventually("the portal told of everything", async () => {
      const all = await ask("/_told");
      const made = (pattern) => all.some(({ request }) => pattern.test(request));
      const wanted = [/^PUT \/cases/, /comments$/, /^POST .*attachments$/, /^PUT \/attachments/, /^PUT \/reference/];
      return wanted.every(made) && all;
    }, { seconds: 30 });
    for (const { request, body, faults } of told) assert.deepEqual(faults, [], `${request} ${JSON.stringify(body)}`);
    assert.ok(!JSON.stringify(told).includes("This stays among us."), "internal notes never leave");
  });

  test("every answer of the demonstration's Active Community is as described", async () => {
    const other = await startPortal();
    try {
      const answers = await ask("/_probe", other.community);
      for (const { request, status, faults, body } of answers) assert.deepEqual(faults, [], `${request} ${status} ${body}`);
      const statuses = new Set(answers.map(({ status }) => status));
      assert.deepEqual([...statuses].sort(), [200, 201, 400, 401, 404, 409, 410, 422]);
    } finally {
      await other.stop();
    }
  });
});
