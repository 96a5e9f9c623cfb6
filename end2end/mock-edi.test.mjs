// Trade with mock-edi, a program of somebody else that judges every document with its own dictionary. As the hub's system
// it buys from two suppliers who use the portal; as a supplier with a system of its own it answers an order of the hub.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { callApi, eventually, openPage, signIn, useStage, visit } from "./lib.mjs";
import { readX12, startMockEdi } from "./peers.mjs";
import { decide, findOrder, inDays, invoice, openForm, send, ship } from "./supplier.mjs";

const world = await mkdtemp(path.join(tmpdir(), "portico-mock-"));
const drop = path.join(world, "drop");
const stage = useStage({ data: path.join(world, "data"), env: { PORTICO_DEMO_DROP: drop, PORTICO__ORDERS__UNDO_SECONDS: "0" } });
after(() => rm(world, { recursive: true, force: true }));

/** Accepts an order as it was placed. */
const acceptAll = async (page, order) => {
  await page.goto(order);
  await page.getByRole("button", { name: "Accept all as ordered" }).click();
  await page.waitForURL((url) => url.pathname === order);
};

/** The documents of a kind about an order that mock-edi got from a supplier, once there are `count`; all accepted as they are. */
async function accepted(mock, partner, code, order, count) {
  const found = await eventually(
    `mock-edi got ${count} × ${code} for ${order} from ${partner}`,
    async () => {
      const all = await mock.documents({ partner, direction: "in" });
      const wanted = all.filter((document) => document.code === code && document.reference === order);
      return wanted.length >= count && wanted;
    },
    { seconds: 15 },
  );
  assert.equal(found.length, count);
  for (const document of found) assert.deepEqual([document.accepted, document.findings], [1, []], `${code} ${document.control}`);
  return found;
}

/** Waits until the portal has read mock-edi's 997 for an order's documents of a kind, and that accepts them. */
async function acknowledged(page, order, codes) {
  await eventually(`${codes} of ${order} are acknowledged`, async () => {
    await page.goto(order);
    const marks = await page.locator("#documents").locator("svg.acks").evaluateAll((all) => all.map((mark) => mark.getAttribute("aria-label")));
    return marks.length >= codes && marks.every((label) => label.includes("delivered, read"));
  }, { seconds: 15 });
}

describe("mock-edi buys", () => {
  let mock, forge, bearings;
  before(async () => {
    mock = await startMockEdi({
      drop: path.join(drop, "out"), pickup: path.join(drop, "in"),
      args: ["--as2-id", "CASTELLAN", "--qualifier", "ZZ", "--name", "Castellan Pumps and Valves"],
    });
    for (const id of ["OSTERMANN", "OSTBEARING"]) await mock.addPartner(id, { name: id, role: "supplier", qualifier: "ZZ" });
    forge = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(forge, stage.portal, "supplier");
    bearings = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(bearings, stage.portal, stage.portal.partners.find(({ code }) => code === "OSTBEARING"));
  });
  after(async () => {
    await forge?.context().close();
    await bearings?.context().close();
    await mock?.stop();
  });

  /** Orders, and waits until the portal has it; returns the order as the machine API tells it. */
  async function buy(partner, number, lines) {
    await mock.purchase({ partner, po_number: number, currency: "EUR", requested_on: inDays(21), lines });
    return eventually(`order ${number} of ${partner} is in the portal`, async () => {
      const { items } = await callApi(stage.portal, "GET", `/orders?number=${number}`);
      return items.find((order) => order.counterparty.code === partner);
    }, { seconds: 15 });
  }

  test("k3_k4_accept_all_ship_in_two_parts_and_invoice_each_without_a_disagreement", async () => {
    const number = "4700000001";
    await buy("OSTERMANN", number, [
      { sku: "HSG-100", quantity: "100", uom: "EA", price: "12.5075" },
      { sku: "FLG-150", quantity: "40", uom: "EA", price: "61.40" },
    ]);
    const order = await findOrder(forge, number);
    await acceptAll(forge, order);
    await accepted(mock, "OSTERMANN", "855", number, 1);
    for (const [part, quantities] of [["1", ["60", ""]], ["2", ["40", "40"]]]) {
      const shipment = await ship(forge, order, { number: `MS-${part}`, quantities, scac: "HRRF", carrier: "Harrow Freight", tracking: `T-${part}` });
      await accepted(mock, "OSTERMANN", "856", number, Number(part));
      await invoice(forge, order, { number: `MI-${part}`, shipment });
      await accepted(mock, "OSTERMANN", "810", number, Number(part));
    }
    assert.deepEqual(await mock.disagreements(), []);
    const { lines, total } = await mock.order(number, { partner: "OSTERMANN" });
    assert.deepEqual(lines.map((line) => [line.confirmed, line.shipped, line.invoiced]), [["100", "100", "100"], ["40", "40", "40"]]);
    assert.equal(total, "3706.75");
    const told = await callApi(stage.portal, "GET", `/orders/${order.split("/").pop()}`);
    assert.deepEqual([told.status, told.total, told.lines[0].unit_price, told.lines[0].invoiced], ["invoiced", "3706.75", "12.5075", "100"]);
    await acknowledged(forge, order, 5);
    await eventually("nothing waits for an acknowledgment", async () => (await mock.unacknowledged()).length === 0);
  });

  test("k3_changes_and_a_refused_line_are_exactly_what_it_disagrees_with", async () => {
    const number = "4700000002";
    await buy("OSTERMANN", number, [
      { sku: "HSG-100", quantity: "100", uom: "EA", price: "12.5075" },
      { sku: "FLG-150", quantity: "40", uom: "EA", price: "61.40" },
      { sku: "SHF-88", quantity: "12", uom: "EA", price: "148.20" },
      { sku: "BLT-16", quantity: "300", uom: "EA", price: "0.85" },
    ]);
    const order = await findOrder(forge, number);
    await openForm(forge, order, "Answer");
    await decide(forge, 0, "change", { quantity: "75", reason: "capacity", note: "Press two stands until March" });
    await decide(forge, 1, "reject", { reason: "discontinued", note: "Replaced by FLG-151" });
    await decide(forge, 2, "change", { on: inDays(35), reason: "lead_time" });
    await send(forge, "answer");
    await forge.waitForURL((url) => url.pathname === order);
    const [answer] = await accepted(mock, "OSTERMANN", "855", number, 1);
    const disagreements = await mock.disagreements({ po: number });
    const summary = disagreements.map(({ rule, line, expected, found }) => [line, rule, expected, found]).sort();
    assert.deepEqual(summary, [["1", "confirmed-less", "100", "75"], ["2", "confirmed-less", "40", "0"]]);
    const reason = (line) => disagreements.find((one) => one.line === line).note;
    assert.match(reason("1"), /Press two stands until March/);
    assert.match(reason("2"), /Replaced by FLG-151/);
    // It has no rule for dates: the changed one stands on the response it filed.
    const filed = readX12((await mock.document(answer.id)).payload);
    const third = filed.slice(filed.findIndex(([tag, line]) => tag === "PO1" && line === "3"));
    assert.equal(third.find(([tag]) => tag === "ACK")[5], inDays(35).replaceAll("-", ""));
    await acknowledged(forge, order, 2);
  });

  test("two_suppliers_may_share_an_order_number_and_a_control_number", async () => {
    const number = "4700000003";
    const line = [{ sku: "HSG-100", quantity: "10", uom: "EA", price: "12.50" }];
    await buy("OSTERMANN", number, line);
    await buy("OSTBEARING", number, line);
    // mock-edi counts for each partner apart, so both have the same interchange control number by now.
    const controls = async (partner) => {
      const sent = await mock.documents({ partner, direction: "out" });
      return sent.filter(({ code }) => code === "850").map(({ group_control }) => group_control);
    };
    const taken = new Set(await controls("OSTERMANN"));
    assert.ok((await controls("OSTBEARING")).some((control) => taken.has(control)));
    const mine = await findOrder(forge, number);
    const theirs = await findOrder(bearings, number);
    assert.notEqual(mine, theirs);
    await acceptAll(forge, mine);
    await accepted(mock, "OSTERMANN", "855", number, 1);
    assert.equal((await mock.order(number, { partner: "OSTBEARING" })).lines[0].confirmed, "0");
    await acceptAll(bearings, theirs);
    await accepted(mock, "OSTBEARING", "855", number, 1);
    assert.deepEqual(await mock.disagreements({ po: number }), []);
    await visit(forge, theirs, { status: 404 });
  });
});

describe("mock-edi sells", () => {
  let mock;
  before(async () => {
    const folder = path.join(drop, "edi-supplier");
    mock = await startMockEdi({
      drop: path.join(folder, "out"), pickup: path.join(folder, "in"),
      args: ["--as2-id", "079423518", "--qualifier", "01", "--name", "Kestrel Fasteners"],
    });
    await mock.addPartner("CASTELLAN", { name: "Castellan", role: "customer", qualifier: "ZZ" });
  });
  after(() => mock?.stop());

  test("k2_an_order_with_an_edi_supplier_is_answered_shipped_and_invoiced_to_the_customers_page", async () => {
    const common = { currency: "USD", ship_to: "GREYFELL", requested_on: inDays(21) };
    const lines = [{ quantity: "20", unit: "EA", unit_price: "4.15", item: { seller: "BRKT-050" }, description: "Mounting bracket" }];
    const bought = await callApi(stage.portal, "POST", "/purchase-orders", { ...common, supplier: "KESTREL", number: "4700000010", lines });
    const sold = await callApi(stage.portal, "POST", "/sales-orders", {
      ...common, customer: "GREYFELL", number: "GW-10", lines: [{ ...lines[0], unit_price: "5.90" }],
      allocations: [{ line: "1", supplier: "KESTREL", order: "4700000010", order_line: "1", quantity: "20" }],
    });
    const order = await eventually("the order is invoiced", async () => {
      const told = await callApi(stage.portal, "GET", `/orders/${bought.id}`);
      return told.status === "invoiced" && told;
    }, { seconds: 30 });
    assert.deepEqual([order.lines[0].confirmed, order.lines[0].shipped, order.lines[0].invoiced], ["20", "20", "20"]);
    for (const code of ["855", "856", "810"]) {
      const [document] = (await mock.documents({ partner: "CASTELLAN", direction: "out" })).filter((one) => one.code === code);
      await eventually(`our 997 for its ${code} arrived`, async () => (await mock.document(document.id)).ack_status === "accepted");
    }
    const admin = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(admin, stage.portal, "admin");
    await visit(admin, `/orders/${bought.id}`);
    const documents = await admin.locator("#documents").innerText();
    for (const code of ["855", "856", "810"]) assert.match(documents, new RegExp(code));
    assert.match(await admin.locator("#shipments").innerText(), new RegExp(order.shipments[0].number));
    assert.match(await admin.locator("#invoices").innerText(), new RegExp(order.invoices[0].number));
    await admin.context().close();
    const customer = await openPage(stage.browser, stage.portal, { script: false });
    await signIn(customer, stage.portal, "customer");
    await visit(customer, `/orders/${sold.id}`);
    assert.equal(await customer.locator("[data-live=shipments] > [data-key]:not([data-key=lines])").count(), order.shipments.length);
    assert.ok(!(await customer.locator("body").innerText()).includes("Kestrel"));
    await customer.context().close();
  });
});
