// An order's whole way in the browser, with script on and off, on a desktop and on a phone: the supplier answers it (K3),
// ships part of it while the customer looks on (K2), corrects what the buyer's system did not take (K7), and invoices what
// left (K4). The hub's system is a folder: what
// leaves is looked at there.
import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  callApi, eventually, fits, moves, openPage, signIn, startPortal, useStage, variants, visit,
} from "./lib.mjs";
import { readX12, startReader } from "./peers.mjs";
import { decide, findOrder, inDays, invoice, openForm, send, ship } from "./supplier.mjs";

const world = await mkdtemp(path.join(tmpdir(), "portico-journey-"));
const [drop, data] = [path.join(world, "drop"), path.join(world, "data")];
const folders = { PORTICO_DEMO_DROP: drop };
const stage = useStage({ data, env: { ...folders, PORTICO__ORDERS__UNDO_SECONDS: "0" } });
let hub;
before(async () => {
  hub = await startReader({ from: path.join(drop, "out"), to: path.join(drop, "in") });
});
after(async () => {
  await hub?.stop();
  await rm(world, { recursive: true, force: true });
});

/** A customer's order and the supplier's that covers it, sent straight to the customer. Returns both numbers. */
async function placeOrders(number) {
  const line = (quantity, unit_price, buyer, description) => ({ quantity, unit: "EA", unit_price, item: { buyer }, description });
  const common = { currency: "EUR", ship_to: "GREYFELL", requested_on: inDays(21) };
  const [bought, sold] = [`77${number}`, `GW-88${number}`];
  await callApi(stage.portal, "POST", "/purchase-orders", {
    ...common, supplier: "OSTERMANN", number: bought,
    lines: [
      line("120", "12.5075", "HSG-100", "Pump housing DN100"), line("40", "61.40", "FLG-150", "Flange DN150"),
      line("12", "148.20", "SHF-88", "Pump shaft"), line("300", "0.85", "BLT-16", "Bolt M16"),
    ],
  });
  await callApi(stage.portal, "POST", "/sales-orders", {
    ...common, customer: "GREYFELL", number: sold,
    lines: [line("120", "15.50", "HSG-100", "Pump housing DN100"), line("12", "199.00", "SHF-88", "Pump shaft")],
    allocations: [
      { line: "1", supplier: "OSTERMANN", order: bought, order_line: "1", quantity: "120" },
      { line: "2", supplier: "OSTERMANN", order: bought, order_line: "3", quantity: "12" },
    ],
  });
  return { bought, sold };
}

/** The interchange with this transaction set that names `number`, once the hub's system has taken it. */
function left(code, number) {
  return eventually(`a ${code} for ${number} left`, () => {
    const file = hub.taken.find(({ sets, text }) => sets.includes(code) && readX12(text).some((segment) => segment.includes(number)));
    return file && readX12(file.text);
  });
}

/** The hub's system says that its application did not take a document (824): `sent` are the segments it came in. */
async function refuse(sent, number, control) {
  const [isa, gs] = ["ISA", "GS"].map((tag) => sent.find(([found]) => found === tag));
  const pad = (id) => id.trim().padEnd(15);
  const count = String(control).padStart(9, "0");
  const text = [
    `ISA*00*          *00*          *${isa[7]}*${pad(isa[8])}*${isa[5]}*${pad(isa[6])}*261123*0900*U*00401*${count}*0*P*>`,
    `GS*AG*${gs[3]}*${gs[2]}*20261123*0900*${control}*X*004010`, "ST*824*0001", `BGN*00*AA-${control}*20261123`,
    `OTI*TR*SI*${number}`, "TED*024*Tracking number is not known to the carrier", "SE*5*0001", `GE*1*${control}`, `IEA*1*${count}`,
  ].map((segment) => `${segment}~`).join("");
  await writeFile(path.join(drop, "in", `.${control}.tmp`), text);
  await rename(path.join(drop, "in", `.${control}.tmp`), path.join(drop, "in", `${control}-824.edi`));
}

/** The ACK segments of a line of an order response. */
function statuses(answer, line) {
  const start = answer.findIndex(([tag, number]) => tag === "PO1" && number === line);
  const end = answer.findIndex(([tag], index) => index > start && (tag === "PO1" || tag === "CTT"));
  return answer.slice(start, end).filter(([tag]) => tag === "ACK");
}

for (const [index, variant] of variants.entries()) {
  describe(variant.name, () => {
    const shipmentNumber = `LS-${index + 1}`;
    const invoiceNumber = `RE-${index + 1}`;
    let numbers, supplier, customer, order, tracking, shipment;

    before(async () => {
      numbers = await placeOrders(`0000010${index}`);
      supplier = await openPage(stage.browser, stage.portal, variant);
      customer = await openPage(stage.browser, stage.portal, variant);
      await signIn(supplier, stage.portal, "supplier");
      await signIn(customer, stage.portal, "customer");
    });
    after(async () => {
      await supplier?.context().close();
      await customer?.context().close();
    });

    test("k3_a_wrong_answer_comes_back_with_everything_typed", async () => {
      order = await findOrder(supplier, numbers.bought);
      await openForm(supplier, order, "Answer");
      await decide(supplier, 0, "change", { quantity: "500", on: inDays(28), reason: "capacity", note: "Furnace booked until then" });
      await decide(supplier, 1, "reject", { reason: "discontinued" });
      await send(supplier, "answer");
      const summary = supplier.locator(".error-summary");
      await summary.waitFor();
      await fits(supplier);
      const quantity = supplier.locator('[name="lines[0][parts][0][quantity]"]');
      assert.equal(await quantity.inputValue(), "500");
      assert.equal(await supplier.locator('[name="lines[0][parts][0][on]"]').inputValue(), inDays(28));
      assert.equal(await supplier.locator('[name="lines[0][note]"]').inputValue(), "Furnace booked until then");
      assert.equal(await supplier.locator('[name="lines[1][reason]"]').inputValue(), "discontinued");
      assert.equal(await quantity.getAttribute("aria-invalid"), "true");
      assert.match(await summary.innerText(), /Line 1: This is more than was ordered/);
      await summary.getByRole("link").first().click();
      await supplier.locator('[name="lines[0][parts][0][quantity]"]:focus').waitFor();
      assert.equal(hub.taken.filter(({ text }) => text.includes(numbers.bought)).length, 0, "nothing left");
    });

    test("k3_the_answer_leaves_and_three_acknowledgments_show", async () => {
      await decide(supplier, 0, "change", { quantity: "100" });
      await send(supplier, "answer");
      await supplier.waitForURL((url) => url.pathname === order);
      const answer = await left("855", numbers.bought);
      const said = (line) => statuses(answer, line).map(([, code, quantity, , , date]) => [code, quantity, date].filter(Boolean).join(" "));
      const wanted = inDays(21).replaceAll("-", "");
      assert.match(said("1")[0], new RegExp(`100 ${inDays(28).replaceAll("-", "")}$`));
      assert.match(said("2").join(), /^IR 40/);
      assert.deepEqual([said("3"), said("4")], [[`IA 12 ${wanted}`], [`IA 300 ${wanted}`]]);
      await moves(supplier, ".ack-strip", "Answer delivered");
      await moves(supplier, ".ack-strip", "Answer read");
      await moves(supplier, ".ack-strip", "Answered with changes");
      await fits(supplier);
    });

    test("k2_the_customers_open_page_moves_when_the_supplier_ships", async () => {
      tracking = await findOrder(customer, numbers.sold);
      assert.equal(await customer.locator("[data-live=shipments] > [data-key]:not([data-key=lines])").count(), 0);
      await fits(customer);
      // A second tab: the list, in whose search field the customer is writing.
      const list = await customer.context().newPage();
      await list.goto(`/orders?q=${numbers.sold}`);
      const row = list.locator("main tbody tr[data-key]");
      const said = await row.innerText();
      const search = list.locator("main form[role=search] input[name=q]");
      await search.fill("half a wo");

      shipment = await ship(supplier, order, {
        number: shipmentNumber, estimated_on: inDays(4), carrier: "Harrow Freight", scac: "HRRF", tracking: `TRK${index}`,
        quantities: ["60", "12", ""],
      });
      await moves(customer, "[data-live=shipments]", `TRK${index}`, { seconds: 5 });
      if (variant.script) {
        await eventually("the list moved", async () => (await row.innerText()) !== said, { seconds: 5 });
        assert.ok(await search.evaluate((input) => input === document.activeElement), "the focus stayed");
        await list.keyboard.type("rd");
        assert.equal(await search.inputValue(), "half a word");
      }
      await list.close();
      assert.equal(new URL(customer.url()).pathname, tracking);
      await fits(customer);
      const seen = await customer.locator("body").innerText();
      assert.ok(!seen.includes("Ostermann") && !seen.includes(numbers.bought) && !seen.includes("12.5075"), "nothing of the supplier crosses the hub");
      const notice = await left("856", numbers.bought);
      assert.deepEqual(notice.filter(([tag]) => tag === "SN1").map(([, , quantity]) => quantity), ["60", "12"]);
    });

    test("k7_what_the_buyers_system_did_not_take_is_corrected_under_its_number", async () => {
      await refuse(await left("856", shipmentNumber), shipmentNumber, 900 + index);
      const row = supplier.locator("main tbody tr", { hasText: shipmentNumber });
      await eventually("it is the supplier's to settle", async () => {
        await visit(supplier, "/exceptions");
        return (await row.count()) === 1;
      }, { seconds: 20 });
      await row.getByRole("link").first().click();
      await supplier.locator("#steps").getByText("Does a corrected document need a new number?").waitFor();
      await supplier.getByRole("link", { name: "Correct and send" }).click();
      await supplier.getByRole("heading", { name: `Correct the ship notice of ${shipmentNumber}`, level: 1 }).waitFor();
      const tracking = supplier.locator("form#ship [name=tracking]");
      assert.equal(await tracking.inputValue(), `TRK${index}`, "as it was entered");
      await fits(supplier);
      // Goods that a customer waits for stay as many as they are; what was typed is kept.
      await tracking.fill(`FIXED${index}`);
      await supplier.locator('form#ship [name="lines[0][quantity]"]').fill("59");
      await send(supplier, "ship");
      await supplier.locator(".error-summary").getByText("how much is in it stays").waitFor();
      assert.equal(await tracking.inputValue(), `FIXED${index}`);
      await fits(supplier);
      await supplier.locator('form#ship [name="lines[0][quantity]"]').fill("60");
      await send(supplier, "ship");
      await supplier.waitForURL((url) => url.pathname === shipment);
      await supplier.getByText(`The corrected ship notice of ${shipmentNumber} is sent.`).waitFor();
      const notice = await left("856", `FIXED${index}`);
      assert.ok(notice.some((segment) => segment.includes(shipmentNumber)), "under the same number");
      await moves(customer, "[data-live=shipments]", `FIXED${index}`, { seconds: 5 });
      await visit(supplier, "/exceptions?tab=settled");
      assert.equal(await row.count(), 1, "it closed itself");
    });

    test("k4_the_shipment_is_invoiced_and_read", async () => {
      const sent = await invoice(supplier, order, { number: invoiceNumber, shipment });
      const bill = await left("810", invoiceNumber);
      assert.deepEqual(bill.filter(([tag]) => tag === "IT1").map(([, , quantity, , price]) => [quantity, price]), [["60", "12.5075"], ["12", "148.2"]]);
      // 60 × 12.5075 = 750.45, 12 × 148.20 = 1778.40; TDS01 has two implied decimals.
      assert.equal(bill.find(([tag]) => tag === "TDS")[1], "252885");
      assert.equal(new URL(supplier.url()).pathname, sent);
      await moves(supplier, "main", "2,528.85");
      await moves(supplier, "#arrived", "Delivered and read");
      assert.equal(await supplier.locator("#arrived .timeline > li").count(), 3, "delivered, read, answered");
      await fits(supplier);
      await supplier.goto(order);
      for (const part of ["855", "856", "810"]) await moves(supplier, "#documents", part);
      await fits(supplier);
    });
  });
}

test("k3_an_answer_that_has_not_left_is_taken_back", async () => {
  // The same company again, with a long time to think.
  const { bought } = await placeOrders("00000200");
  await stage.portal.stop();
  stage.portal = await startPortal({ data, env: { ...folders, PORTICO__ORDERS__UNDO_SECONDS: "600" } });
  const page = await openPage(stage.browser, stage.portal, { script: false });
  await signIn(page, stage.portal, "supplier");
  const order = await findOrder(page, bought);
  await page.getByRole("button", { name: "Accept all as ordered" }).click();
  await page.getByText("Until then nothing has left").waitFor();
  assert.equal(new URL(page.url()).pathname, order);
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByText("Your answer is taken back").waitFor();
  assert.ok(await page.getByRole("link", { name: "Answer", exact: true }).first().isVisible(), "it can be answered again");
  assert.equal((await callApi(stage.portal, "GET", `/orders?number=${bought}`)).items[0].status, "received");
  assert.equal(hub.taken.filter(({ text }) => text.includes(bought)).length, 0, "nothing left");
  await page.context().close();
});
