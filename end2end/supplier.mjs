// What a supplier does in the browser, in the steps of a person: find an order, answer it, announce a shipment, send an
// invoice, attach files. Works with script off and on, since everything is a link or a form.
import assert from "node:assert/strict";

/** A date so many days from today, as date fields take it (2026-12-14). */
export function inDays(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Finds an order by its number in the list of orders and opens it; returns its address. */
export async function findOrder(page, number) {
  await page.goto("/orders");
  await page.locator("main form[role=search] input[name=q]").fill(number);
  await page.locator("main form[role=search] input[name=q]").press("Enter");
  await page.locator("main").getByRole("link", { name: number, exact: true }).click();
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}/);
  assert.match(await page.locator("h1").innerText(), new RegExp(number));
  return new URL(page.url()).pathname;
}

/** Follows the link from an order to one of its forms: "Answer", "Announce shipment", "Send invoice". */
export async function openForm(page, order, label) {
  await page.goto(order);
  await page.locator("main .page-head, main").first().getByRole("link", { name: label, exact: true }).first().click();
  await page.waitForURL((url) => url.pathname.startsWith(`${order}/`));
}

/** Chooses accept, change or reject for a line of the answer, counted from 0, and fills in the rest. */
export async function decide(page, line, decision, { quantity, on, reason, note, price } = {}) {
  await page.locator(`input[name="lines[${line}][decision]"][value=${decision}]`).check();
  const fields = { "[parts][0][quantity]": quantity, "[parts][0][on]": on, "[price]": price, "[note]": note };
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined) await page.locator(`[name="lines[${line}]${field}"]`).fill(value);
  }
  if (reason !== undefined) await page.locator(`select[name="lines[${line}][reason]"]`).selectOption(reason);
}

/** Sends the form of the page and waits for the page that follows. */
export async function send(page, form) {
  await page.locator(`form#${form} button:not([form])`).last().click();
}

/**
 * Announces a shipment. `quantities` are those of the lines that can be shipped, in their order; an empty text leaves a
 * line for later. Returns the shipment's address.
 */
export async function ship(page, order, { number, quantities, ...fields }) {
  await openForm(page, order, "Announce shipment");
  for (const [name, value] of Object.entries({ number, ...fields })) await page.locator(`form#ship [name=${name}]`).fill(value);
  await fillQuantities(page, "ship", quantities);
  await send(page, "ship");
  await page.waitForURL(/\/shipments\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

/** Invoices what a shipment (its address) carries. Returns the invoice's address. */
export async function invoice(page, order, { number, shipment, quantities = [] }) {
  await page.goto(`${order}/invoice?shipment=${shipment.split("/").pop()}`);
  await page.locator("form#invoice [name=number]").fill(number);
  await fillQuantities(page, "invoice", quantities);
  await send(page, "invoice");
  await page.waitForURL(/\/invoices\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

/** A PDF document with so many words, for attaching. */
export const pdf = (words) => ({ name: `${words}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.4\n% ${words}\n%%EOF\n`) });

/** Attaches files on the open page of a case's attachments. */
export async function attach(page, files) {
  await page.locator("#attach input[type=file]").setInputFiles(files);
  await page.locator("#attach").getByRole("button", { name: "Attach" }).click();
}

async function fillQuantities(page, form, quantities) {
  for (const [index, quantity] of quantities.entries()) await page.locator(`form#${form} [name="lines[${index}][quantity]"]`).fill(quantity);
}
