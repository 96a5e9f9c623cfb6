// From "something went wrong" to "it is settled", as the people of two organisations and the company see it while
// xConnector watches: an exception there opens a case here (X1), what is done there shows here (X4), what is written here
// arrives there (X5), reference data on its day (X6), both systems in step (X7), a promise that runs out (X8), and an order
// that is rejected (K7). X2 and the dispute are in cases.test.mjs, X3 is in notifications.test.mjs.
//
// xConnector is a program of other people's libraries; the demonstration's own case system is switched off.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { callApi, eventually, fits, moves, openPage, signIn, useStage, variants, visit } from "./lib.mjs";
import { registerEndpoint, startXConnector } from "./peers.mjs";
import { decide, findOrder, inDays, openForm, send } from "./supplier.mjs";

const drop = await mkdtemp(path.join(tmpdir(), "portico-flows-"));
const stage = useStage({ env: { PORTICO_DEMO_DROP: drop, PORTICO__ORDERS__UNDO_SECONDS: "0" } });
const ways = variants.filter(({ size, script }) => script === (size === "desktop"));
let xconnector;

/** A policy for urgent questions by which the first reply is due within a minute, at any hour of any day. */
async function aroundTheClock(admin) {
  await visit(admin, "/calendars/new");
  await admin.locator("[name=name]").fill("Around the clock");
  for (const day of ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]) {
    await admin.locator(`[name=${day}]`).fill("00:00-24:00");
  }
  await admin.getByRole("button", { name: "Save the calendar" }).click();
  await admin.waitForURL((url) => /^\/calendars\/[\w-]{36}$/.test(url.pathname));
  await visit(admin, "/policies/new");
  await admin.locator("[name=name]").fill("Urgent questions");
  await admin.locator("[name=kind]").selectOption({ label: "Question" });
  await admin.locator("[name=priority]").selectOption({ label: "Urgent" });
  await admin.locator("[name=first]").fill("0.02");
  await admin.locator("[name=calendar]").selectOption({ label: "Around the clock" });
  const steps = [["1", "percent", "notify"], ["0", "late", "tier:2"], ["", "percent", ""]];
  for (const [index, [at, unit, action]] of steps.entries()) {
    await admin.locator(`[name="steps[${index}][at]"]`).fill(at);
    await admin.locator(`[name="steps[${index}][unit]"]`).selectOption(unit);
    await admin.locator(`[name="steps[${index}][promise]"]`).selectOption(at === "0" ? "first_response" : "");
    await admin.locator(`[name="steps[${index}][action]"]`).selectOption(action);
  }
  await admin.getByRole("button", { name: "Save the policy" }).click();
  await admin.waitForURL((url) => url.pathname === "/policies");
  await admin.getByRole("link", { name: "Urgent questions" }).waitFor();
}

/** Sends an event, which is taken. */
async function says(type, data) {
  const { status, faults, answer } = await xconnector.send(type, data);
  assert.deepEqual([status, faults], [202, []], JSON.stringify(answer));
  return answer;
}

/** What xConnector was told of a case: the data of each event of these types. */
async function toldOf(id, ...types) {
  const all = await xconnector.told();
  const about = all.filter(({ event }) => event.data.case === id && types.includes(event.type.replace("portico.case.", "")));
  for (const { faults } of about) assert.deepEqual(faults, []);
  return about.map(({ event }) => event.data);
}

async function openCase(page, title, { kind = "Question", urgency = "As usual" } = {}) {
  await visit(page, "/cases/open");
  await page.getByLabel("What is it about?").selectOption({ label: kind });
  await page.getByLabel("In a few words").fill(title);
  await page.getByLabel("What happened, and what do you ask for?").fill("We cannot go on without an answer.");
  await page.getByLabel("How urgent is it?").selectOption({ label: urgency });
  await page.getByRole("button", { name: "Open the case" }).click();
  await page.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
  return new URL(page.url()).pathname;
}

async function write(page, label, text) {
  await page.getByLabel(label).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator("article.post", { hasText: text }).waitFor();
}

describe("while xConnector watches", { concurrency: true }, () => {
  before(async () => {
    xconnector = await startXConnector(stage.portal);
    const admin = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(admin, stage.portal, "admin");
    await visit(admin, "/endpoints");
    await admin.getByRole("link", { name: "xConnector", exact: true }).click();
    await admin.getByRole("button", { name: "Switch off" }).click();
    await admin.getByText("Switched off").first().waitFor();
    await registerEndpoint(admin, stage.portal, { name: "Integration layer", address: `${xconnector.address}/events`, isPeer: true });
    await aroundTheClock(admin);
    await admin.context().close();
  });
  after(async () => {
    await xconnector?.stop();
    await rm(drop, { recursive: true, force: true });
  });

  for (const [index, way] of ways.entries()) {
    // Side by side, since the last story of each waits for a promise of a minute.
    describe(way.name, { concurrency: false }, () => {
      const peer = `PEER-${index}`;
      const title = `Invoice ${4711 + index} cannot be paid`;
      let supplier, customer, admin, address, urgent;

      before(async () => {
        const open = async (who) => {
          const page = await openPage(stage.browser, stage.portal, way);
          await signIn(page, stage.portal, who);
          return page;
        };
        [supplier, customer, admin] = [await open("supplier"), await open("customer"), await open("admin")];
        // Its promise runs out while the others go on.
        urgent = await openCase(supplier, `Which drawing holds, ${index}?`, { urgency: "Now: goods or money are at stop" });
      });
      after(async () => {
        for (const page of [supplier, customer, admin]) await page?.context().close();
      });

      test("x1_an_exception_in_xconnector_opens_a_case_for_the_right_partner", async () => {
        await visit(supplier, "/cases");
        const raised = { partner: "OSTERMANN", case: peer, kind: "invoice", severity: "critical", title, detail: "The price is not the agreed one." };
        await says("exception.raised", { ...raised, references: [{ type: "invoice", number: "unheard of" }] });
        await moves(supplier, "main tbody", title);
        await supplier.getByRole("link", { name: title }).click();
        await supplier.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
        address = new URL(supplier.url()).pathname;
        const words = await supplier.locator("main").innerText();
        assert.match(words, /The price is not the agreed one\./);
        assert.match(words, /urgent/);
        assert.ok(!words.includes(peer), "what the company's systems call it is theirs");
        await fits(supplier);
        // It is nobody else's.
        await visit(customer, "/cases?tab=all");
        assert.ok(!(await customer.locator("main").innerText()).includes(title));
        await visit(customer, address, { status: 404 });
        await visit(admin, address);
        assert.match(await admin.locator("#bonds").innerText(), new RegExp(`xConnector[\\s\\S]*${peer}[\\s\\S]*In step`));
      });

      test("x4_what_is_done_behind_xconnector_appears_on_the_partners_open_case", async () => {
        await visit(supplier, address);
        await says("case.commented", { case: peer, comment: `${peer}-1`, author: "Mira Vos", text: "Which list is yours from?", visibility: "partner" });
        await says("case.commented", { case: peer, comment: `${peer}-2`, author: "Mira Vos", text: "They always do this." });
        await says("case.status_changed", { case: peer, status: "waiting_on_partner", note: "Send the price list" });
        await moves(supplier, "article.post", "Which list is yours from?");
        await moves(supplier, "[data-live=page-head]", "Waiting for you");
        assert.ok(!(await supplier.locator("main").innerText()).includes("They always do this."), "what is internal stays inside");
        assert.match(await supplier.locator("#clocks").innerText(), /Paused[\s\S]*Goes on when you answer/);
        await visit(admin, address);
        assert.match(await admin.locator("article.post.internal").innerText(), /They always do this\./);
        await fits(admin);
      });

      test("x5_what_the_partner_writes_reaches_xconnector_and_internal_notes_never_do", async () => {
        await write(supplier, "Your message", "From the list of 1 November.");
        await moves(supplier, "[data-live=page-head]", "In progress");
        await visit(admin, address);
        await admin.getByText("Internal note").first().click();
        await write(admin, "Your message", "Check who signed it.");
        const id = address.split("/").pop();
        const texts = await eventually("xConnector has the message", async () => {
          const told = await toldOf(id, "commented");
          return told.some(({ text }) => text === "From the list of 1 November.") && told.map(({ text }) => text);
        }, { seconds: 30 });
        assert.deepEqual(texts, ["From the list of 1 November."], "once, nothing internal, and nothing of its own");
      });

      test("x7_both_systems_stay_in_step_and_nothing_is_said_twice", async () => {
        await says("case.resolved", { case: peer, note: "Paid in full" });
        await moves(supplier, "[data-live=page-head]", "Resolved");
        await supplier.reload();
        await write(supplier, "Write, and take the case up again", "The discount is missing.");
        await moves(supplier, "[data-live=page-head]", "In progress");
        const id = address.split("/").pop();
        await eventually("xConnector knows that it is open again", async () => (await toldOf(id, "reopened")).length === 1, { seconds: 30 });
        // The same event twice has one effect, the same comment in another event none.
        const comment = { case: peer, comment: `${peer}-3`, author: "Mira Vos", text: "It comes with the next payment.", visibility: "partner" };
        await says("case.commented", comment);
        await says("case.commented", comment);
        await says("case.resolved", { case: peer, note: "Now really" });
        await moves(supplier, "[data-live=page-head]", "Resolved");
        await supplier.reload();
        assert.equal(await supplier.locator("article.post", { hasText: "It comes with the next payment." }).count(), 1);
        await visit(admin, address);
        assert.match(await admin.locator("#bonds").innerText(), /In step/);
        assert.equal((await toldOf(id, "commented")).length, 2, "both messages of the partner, each once");
        await fits(supplier);
      });

      test("x6_reference_data_holds_on_its_day_and_each_partner_sees_its_own", async () => {
        const dock = (sequence, day, street) => ({
          partner: "OSTERMANN", code: `DOCK-${index}`, sequence, valid_from: inDays(day), name: `Dock ${index}`, street, city: "Hagen", country: "DE",
        });
        // Told in the wrong order.
        await says("location.upserted", dock(2, 14, "Neue Strasse 1"));
        await says("location.upserted", dock(1, -30, "Alte Gasse 7"));
        await visit(supplier, "/reference");
        const row = supplier.locator("#location tr", { hasText: `Dock ${index}` });
        assert.match(await row.innerText(), /Alte Gasse 7[\s\S]*Street: Alte Gasse 7 → Neue Strasse 1/);
        await fits(supplier);
        await visit(customer, "/reference");
        assert.ok(!(await customer.locator("main").innerText()).includes(`Dock ${index}`));
        await visit(admin, "/reference/preview");
        const event = (data) => ({ specversion: "1.0", id: "p", source: "/peer", type: "xconnector.location.upserted", data });
        await admin.getByLabel("Events").fill(JSON.stringify([event(dock(3, -1, "Mittelweg 4")), event({ ...dock(4, 0, "x"), partner: "NOBODY" })]));
        await admin.getByRole("button", { name: "Show what would change" }).click();
        await admin.locator("#result").waitFor();
        const result = await admin.locator("#result").innerText();
        assert.match(result, /1 would change something, 1 cannot be used/);
        assert.match(result, /Alte Gasse 7 → Mittelweg 4/);
        await fits(admin);
      });

      test("k7_a_rejected_order_becomes_an_alert_with_steps_and_a_case", async () => {
        const number = `78${Date.now() % 10_000_000}${index}`;
        const lines = [{ quantity: "40", unit: "EA", unit_price: "61.40", item: { buyer: "FLG-150" }, description: "Flange DN150" }];
        await callApi(stage.portal, "POST", "/purchase-orders", { supplier: "OSTERMANN", number, currency: "EUR", requested_on: inDays(21), lines });
        await visit(admin, "/exceptions?sort=money");
        const order = await findOrder(supplier, number);
        await openForm(supplier, order, "Answer");
        await decide(supplier, 0, "reject", { reason: "discontinued" });
        await send(supplier, "answer");
        await supplier.waitForURL((url) => url.pathname === order);
        await moves(admin, "main tbody", number);
        await admin.locator("main tbody tr", { hasText: number }).getByRole("link").click();
        await admin.waitForURL((url) => /^\/exceptions\/[\w-]{36}$/.test(url.pathname));
        const exception = new URL(admin.url()).pathname;
        assert.match(await admin.locator("main").innerText(), /Order rejected[\s\S]*EUR 2,456\.00/);
        await admin.getByRole("button", { name: "Done: step 1" }).click();
        await admin.locator("#steps").getByText("Tom Achterberg").waitFor();
        await admin.getByRole("button", { name: "Take it" }).click();
        await admin.locator("#desk").getByText("Tom Achterberg (you)").waitFor();
        await fits(admin);
        await visit(admin, "/exceptions?tab=mine");
        assert.match(await admin.locator("main tbody").innerText(), new RegExp(`${number}[\\s\\S]*In the hands of Tom Achterberg`));
        await visit(admin, exception);
        await admin.locator("#case [name=text]").fill("Who makes these now?");
        await admin.getByRole("button", { name: "Open the case" }).click();
        await admin.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
        await visit(supplier, new URL(admin.url()).pathname);
        await supplier.getByText("Who makes these now?").waitFor();
        await visit(customer, new URL(admin.url()).pathname, { status: 404 });
        // How it was settled is asked for, and kept.
        await visit(admin, exception);
        await admin.locator("[name=note]").fill("Ordered elsewhere.");
        await admin.getByRole("button", { name: "It is settled" }).click();
        await admin.getByText("Ordered elsewhere.").waitFor();
        await visit(admin, "/exceptions?tab=settled");
        assert.match(await admin.locator("main tbody").innerText(), new RegExp(number));
        await visit(supplier, exception, { status: 404 });
      });

      test("x8_a_case_past_its_promise_goes_to_a_higher_tier_and_everybody_sees_it", async () => {
        await visit(supplier, urgent);
        await moves(supplier, "[data-live=posts]", "goes to support tier 2", { seconds: 120 });
        assert.match(await supplier.locator("#clocks").innerText(), /Late/);
        await fits(supplier);
        await visit(admin, urgent);
        assert.match(await admin.locator("#desk").innerText(), /Support tier\s+2/);
        const told = await eventually("xConnector is told", async () => (await toldOf(urgent.split("/").pop(), "escalated"))[0], { seconds: 30 });
        assert.equal(told.tier, 2);
      assert.match(told.note, /goes to support tier 2/);
        await visit(customer, urgent, { status: 404 });
      });
    });
  }
});
