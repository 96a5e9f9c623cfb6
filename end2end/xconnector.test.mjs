// Cases shared with the company's systems. In the browser: a case moves by itself after a partner writes into it, with
// script and without. On the wire: libraries of other people sign, read and judge every event, in a process of their own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { callApi, eventually, openPage, root, signIn, useStage, visit } from "./lib.mjs";
import { registerEndpoint, startXConnector } from "./peers.mjs";

const stage = useStage();

/** Opens a case in the browser and returns its address. */
async function openCase(page, title) {
  await visit(page, "/cases/open");
  await page.getByLabel("In a few words").fill(title);
  await page.getByLabel("What happened, and what do you ask for?").fill("We cannot tell which invoices it pays.");
  await page.getByRole("button", { name: "Open the case" }).click();
  await page.waitForURL((url) => /^\/cases\/[0-9a-f-]{36}$/.test(url.pathname));
  return new URL(page.url()).pathname;
}

for (const script of [true, false]) {
  test(`x4_x5_a_case_moves_by_itself_after_a_partner_writes, script ${script ? "on" : "off"}`, async () => {
    const page = await openPage(stage.browser, stage.portal, { script });
    await signIn(page, stage.portal, "supplier");
    const address = await openCase(page, `Remittance advice is missing (${script})`);
    const answer = page.locator("article.post", { hasText: "Mira Vos" });
    if (script) {
      // The open page shows it without being asked.
      await answer.waitFor({ timeout: 40_000 });
    } else {
      await eventually("the answer is on the page", async () => {
        await page.goto(address);
        return (await answer.count()) > 0;
      }, { seconds: 40 });
    }
    assert.match(await page.locator("main").innerText(), /In progress/);
    const admin = await openPage(stage.browser, stage.portal);
    await signIn(admin, stage.portal, "admin");
    await visit(admin, address);
    assert.match(await admin.locator("#bonds").innerText(), /xConnector[\s\S]*INC-[\s\S]*In step/);
    await page.context().close();
    await admin.context().close();
  });
}

test("the ten lines of shell in docs/xconnector open a case as they stand there", async () => {
  const page = await readFile(path.join(root, "docs", "xconnector", "README.md"), "utf8");
  const [, lines] = page.match(/## Ten lines of shell\n\n```sh\n([\s\S]*?)```/);
  assert.ok(lines.trim().split("\n").length <= 10);
  // Only the two values that are of this run are others.
  const ours = lines.replace("http://127.0.0.1:3000", stage.portal.address).replace("whsec_…", stage.portal.xconnector.secret);
  assert.notEqual(ours, lines);
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", ours]);
  assert.match(stdout, /^HTTP\/1\.1 202 /);
  const { items } = await callApi(stage.portal, "GET", "/cases?external=INC-1");
  assert.deepEqual(items.map(({ title }) => title), ["Order 4500071823 cannot be booked"]);
});

describe("judged by Standard Webhooks, CloudEvents and JSON Schema", () => {
  let peer;
  const send = (...event) => peer.send(...event);

  before(async () => {
    peer = await startXConnector(stage.portal);
    const admin = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(admin, stage.portal, "admin");
    await registerEndpoint(admin, stage.portal, { name: "Peer", address: `${peer.address}/events` });
    await admin.context().close();
  });
  after(() => peer?.stop());

  test("every type that comes in is signed by the library, taken here, and as its schema says", async () => {
    const ref = { case: "PEER-1" };
    const opened = { partner: "OSTERMANN", ...ref, kind: "order", severity: "warning", title: "Order cannot be booked", detail: "No price.", references: [{ type: "order", number: "unheard of" }] };
    const sent = [
      ["exception.raised", opened],
      ["case.opened", { partner: "OSTERMANN", case: "PEER-2", title: "A question", kind: "question", priority: "low" }],
      ["case.commented", { ...ref, comment: "c-1", author: "Desk", text: "Ünïcödé, \"quoted\" and 100 %", visibility: "partner" }],
      ["case.commented", { ...ref, comment: "c-2", author: "Desk", text: "For us alone" }],
      ["case.status_changed", { ...ref, status: "in_progress", note: "" }],
      ["case.updated", { ...ref, priority: "high", title: "Order cannot be booked at all" }],
      ["case.escalated", { ...ref, tier: 2, note: "Late" }],
      ["sla.breached", { ...ref, promise: "resolution" }],
      ["case.resolved", { ...ref, note: "Done" }],
      ["case.reopened", { ...ref, note: "Not done" }],
      ["case.attachment.added", { ...ref, attachment: "a-1", name: "list.txt", media_type: "text/plain", sha256: "54a685ced20ea055c7b194165c54210157cd6c8059c3d9ca8e2f49d21ea9d964", content: "QSBsaXN0Lgo=" }],
      ["item.upserted", { partner: "OSTERMANN", code: "M8", sequence: 1, valid_from: "2026-01-01", description: "Bolt M8" }],
      ["notification.requested", { partner: "OSTERMANN", title: "Closed", text: "On Friday" }],
    ];
    for (const mode of ["structured", "binary"]) {
      for (const [type, data] of sent) {
        const { status, faults, answer } = await send(type, data, { mode });
        // Taken, and not merely kept until it can be used.
        assert.deepEqual([type, status, answer.status, faults], [type, 202, "taken", []], `${mode} ${type}`);
      }
    }
    const { items } = await callApi(stage.portal, "GET", "/cases?external=PEER-1");
    assert.deepEqual(items.map(({ status, title }) => [status, title]), [["in_progress", "Order cannot be booked at all"]]);
  });

  test("what its schema refuses is refused here, and what is spoiled on the way, too", async () => {
    for (const [type, data] of [
      ["exception.raised", { partner: "OSTERMANN", case: "PEER-3", kind: "weather", severity: "warning", title: "x" }],
      ["case.status_changed", { case: "PEER-1", status: "lost" }],
      ["case.commented", { case: "PEER-1", comment: "c-9", author: "Desk" }],
      ["case.escalated", { case: "PEER-1", tier: 12 }],
      ["sla.breached", { case: "PEER-1", promise: "soon" }],
      ["case.opened", { case: "PEER-4", title: "Nobody's" }],
    ]) {
      const { status, faults, answer } = await send(type, data);
      assert.equal(status, 422, type);
      assert.ok(faults.length > 0, `the schema refuses ${type}`);
      assert.ok(answer.errors.every(({ field }) => field.startsWith("/data/")), JSON.stringify(answer));
    }
    for (const spoil of ["late", "body"]) {
      assert.equal((await send("case.resolved", { case: "PEER-1" }, { spoil })).status, 401, spoil);
    }
  });

  test("every event that goes out verifies, reads and fits its schema", async () => {
    const page = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(page, stage.portal, "supplier");
    const address = await openCase(page, "May we ship in two parts?");
    await page.getByLabel("Your message").fill("Half of it is packed.");
    await page.getByRole("button", { name: "Send" }).click();
    const admin = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(admin, stage.portal, "admin");
    await visit(admin, address);
    await admin.getByRole("button", { name: "Resolve" }).click();
    await page.goto(address);
    await page.getByLabel("Write, and take the case up again").fill("Not yet.");
    await page.getByRole("button", { name: "Send" }).click();
    const wanted = ["case.opened", "case.commented", "case.status_changed", "case.resolved", "case.reopened"];
    const order = { number: `${Date.now()}`, supplier: "OSTERMANN", currency: "EUR", lines: [{ quantity: "5", unit: "EA", unit_price: "2.5", description: "Bolt M8" }] };
    await callApi(stage.portal, "POST", "/purchase-orders", order);
    const told = await eventually("the peer was told of all of it", async () => {
      const all = await peer.told();
      const types = new Set(all.map(({ event }) => event.type.replace("portico.", "")));
      return [...wanted, "order.status_changed"].every((type) => types.has(type)) && all;
    }, { seconds: 30 });
    for (const { event, faults } of told) assert.deepEqual(faults, [], JSON.stringify(event));
    const texts = told.flatMap(({ event }) => (event.type === "portico.case.commented" ? [event.data.text] : []));
    assert.ok(texts.includes("Half of it is packed.") && !texts.includes("For us alone"), "internal notes never leave");
    const places = new Map();
    for (const { event } of told) {
      assert.equal(Number(event.sequence), (places.get(event.subject) ?? 0) + 1, `${event.subject} has no gap`);
      places.set(event.subject, Number(event.sequence));
    }
    await page.context().close();
    await admin.context().close();
  });
});
