// Cases in the browser, with script on and off: files go in (with script piece by piece, also where the connection breaks),
// one that is not taken says why, and a dispute goes from an invoice to its credit note (K4, X2).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fits, openPage, signIn, useStage, variants, visit } from "./lib.mjs";
import { attach, pdf } from "./supplier.mjs";

const stage = useStage();

const picture = (seed) => ({
  name: "crate.png",
  mimeType: "image/png",
  // One pixel and a comment that makes each variant's file another one.
  buffer: Buffer.concat([
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
    Buffer.from(`#${seed}`),
  ]),
});

/** Files of the case on the page, by name. */
const names = (page) => page.locator("#files tbody th a.go").allInnerTexts();

for (const [index, variant] of variants.entries()) {
  describe(variant.name, () => {
    let supplier, admin, supplierCase;

    before(async () => {
      supplier = await openPage(stage.browser, stage.portal, variant);
      admin = await openPage(stage.browser, stage.portal, variant);
      await signIn(supplier, stage.portal, "supplier");
      await signIn(admin, stage.portal, "admin");
    });
    after(async () => {
      await supplier?.context().close();
      await admin?.context().close();
    });

    test("files are attached, looked at, and refused with the reason", async () => {
      await visit(supplier, "/cases/open");
      await supplier.locator("[name=title]").fill(`Wet crate ${index}`);
      await supplier.locator("[name=text]").fill("See the photograph.");
      await supplier.getByRole("button", { name: "Open the case" }).click();
      await supplier.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
      supplierCase = new URL(supplier.url()).pathname;
      await supplier.getByRole("link", { name: "Attachments 0" }).click();
      await supplier.waitForURL((url) => url.pathname.endsWith("/attachments"));
      await fits(supplier);
      await attach(supplier, [pdf(`note ${index}`), picture(index)]);
      await supplier.locator("#files tbody tr").nth(1).waitFor();
      assert.deepEqual((await names(supplier)).sort(), ["crate.png", `note ${index}.pdf`]);
      const image = supplier.locator("#files img");
      await image.evaluate((image) => image.decode());
      assert.equal(await image.getAttribute("alt"), "Preview of crate.png");
      await attach(supplier, [{ name: "page.pdf", mimeType: "application/pdf", buffer: Buffer.from("<html>") }]);
      const refusal = variant.script ? supplier.locator("[data-upload-faults] li") : supplier.locator(".error-summary");
      await refusal.waitFor();
      assert.match(await refusal.innerText(), /page\.pdf was not taken: it is a web page/);
      await fits(supplier);
      assert.equal((await names(supplier)).length, 2);
    });

    test("a PDF is looked at in the page, and a file attached by mistake is withdrawn", async () => {
      await visit(supplier, `${supplierCase}/attachments`);
      const shown = supplier.waitForResponse((response) => response.headers()["content-type"] === "application/pdf");
      await supplier.locator("#files tr", { hasText: `note ${index}.pdf` }).getByRole("link", { name: "Look at it" }).click();
      // The browser's own viewer asks for it, which the policy of neither page nor file forbids.
      await supplier.locator("#look object").waitFor();
      const answer = await shown;
      assert.match(answer.url(), /\/attachments\/[\w-]{36}\?show$/);
      assert.match(answer.headers()["content-security-policy"], /frame-ancestors 'self'/);
      await fits(supplier);
      await supplier.locator("#look").getByRole("link", { name: "Close" }).click();
      await supplier.locator("#look").waitFor({ state: "detached" });

      await attach(supplier, [{ name: `mistake ${index}.txt`, mimeType: "text/plain", buffer: Buffer.from(`not for you ${index}`) }]);
      const row = supplier.locator("#files tr", { hasText: `mistake ${index}.txt` });
      await row.locator("a.go").waitFor();
      const address = await row.locator("a.go").getAttribute("href");
      await row.locator("summary", { hasText: "Withdraw" }).click();
      await row.locator("[name=why]").fill("Meant for somebody else.");
      await row.getByRole("button", { name: "Withdraw it" }).click();
      await row.getByText("Withdrawn", { exact: true }).waitFor();
      await row.getByText("Meant for somebody else.").waitFor();
      assert.equal(await row.locator("a.go").count(), 0);
      assert.equal((await supplier.request.get(address)).status(), 404);
      await fits(supplier);
      // The other side sees that it was there.
      await visit(admin, `${supplierCase}/attachments`);
      await admin.locator("#files tr", { hasText: `mistake ${index}.txt` }).getByText("Withdrawn", { exact: true }).waitFor();
    });

    test("what a case is about is linked by one side and taken away by the other", async () => {
      await visit(supplier, "/orders");
      const order = await supplier.locator('main a[href^="/orders/"]').filter({ hasText: /^45/ }).first();
      const [number, place] = [(await order.innerText()).trim(), await order.getAttribute("href")];
      await visit(supplier, supplierCase);
      await supplier.getByText("Change what it is about").click();
      await supplier.locator("[name=about_number]:visible").fill("no such order");
      await supplier.getByRole("button", { name: "Link it" }).click();
      await supplier.locator(".error-summary").getByText("No order between the two sides").waitFor();
      assert.equal(await supplier.locator("[name=about_number]:visible").inputValue(), "no such order", "what was typed is kept");
      await supplier.locator("[name=about_number]:visible").fill(number);
      await supplier.getByRole("button", { name: "Link it" }).click();
      await supplier.locator(".fact-strip").getByRole("link", { name: number }).waitFor();
      await fits(supplier);
      await visit(supplier, place);
      await supplier.locator("#cases").getByRole("link", { name: /^Case C-/ }).first().waitFor();

      await visit(admin, supplierCase);
      await admin.getByText("Change what it is about").click();
      await fits(admin);
      await admin.getByRole("button", { name: `Remove Order ${number} from this case` }).click();
      await admin.getByText(`Order ${number} is not linked to this case any more.`).waitFor();
      assert.equal(await admin.locator(".fact-strip").getByRole("link", { name: number }).count(), 0);
      await admin.locator("p.event", { hasText: `Not about Order ${number}` }).waitFor();
    });

    test("a case that was made part of a wrong one is a case of its own again", async () => {
      await visit(supplier, "/cases/open");
      await supplier.locator("[name=title]").fill(`Another crate ${index}`);
      await supplier.locator("[name=text]").fill("This one is dry.");
      await supplier.getByRole("button", { name: "Open the case" }).click();
      await supplier.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
      const part = new URL(supplier.url()).pathname;
      await visit(admin, supplierCase);
      const whole = (await admin.locator(".crumbs [aria-current=page]").innerText()).trim();
      await visit(admin, part);
      await admin.getByText("Link a case").click();
      await admin.locator("#link-number").fill(whole);
      await admin.getByText("This one becomes part of it").click();
      await admin.locator("#linked").getByRole("button", { name: "Link", exact: true }).click();
      await admin.getByText(`This case is now part of ${whole}`).waitFor();
      await visit(supplier, supplierCase);
      await supplier.getByText("This one is dry.").waitFor();
      await fits(admin);
      await admin.getByRole("button", { name: `Make two cases again of this one and ${whole}` }).click();
      await admin.getByText("are two cases again, each with what was written in it").waitFor();
      await admin.locator("p.event", { hasText: `Not part any more of ${whole}` }).waitFor();
      await visit(supplier, supplierCase);
      assert.equal(await supplier.getByText("This one is dry.").count(), 0);
      await visit(supplier, part);
      await supplier.getByText("This one is dry.").waitFor();
      await supplier.locator("#write, textarea[name=text]").first().waitFor();
    });

    if (variant.script) {
      test("a file whose connection breaks goes on where it was", async () => {
        await visit(supplier, `${supplierCase}/attachments`);
        // Two pieces and a half; the second one does not arrive the first time.
        const large = { ...pdf(`large ${index}`), buffer: Buffer.concat([Buffer.from("%PDF-1.4\n"), Buffer.alloc(2_600_000, `${index} `)]) };
        const offsets = [];
        let broken = false;
        await supplier.route("**/uploads/*", (route) => {
          const request = route.request();
          if (request.method() !== "PATCH") return route.continue();
          offsets.push(request.headers()["upload-offset"]);
          if (offsets.length !== 2) return route.continue();
          broken = true;
          return route.abort("connectionreset");
        });
        await attach(supplier, [large]);
        await supplier.locator("#files tbody tr").nth(3).waitFor();
        assert.ok(broken);
        assert.deepEqual(offsets, ["0", "1048576", "1048576", "2097152"]);
        await supplier.unroute("**/uploads/*");
      });

      test("a file of which every byte seems to be there is sent until the server ends it", async () => {
        await visit(supplier, `${supplierCase}/attachments`);
        const note = pdf(`ended ${index}`);
        // The server's word that nothing is left to send, as after a fault at the last byte.
        await supplier.route("**/uploads", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, headers: { ...response.headers(), "upload-offset": String(note.buffer.length) } });
        });
        await attach(supplier, [note]);
        await supplier.locator("#files tbody tr").nth(4).waitFor();
        assert.ok((await names(supplier)).includes(note.name));
        await supplier.unroute("**/uploads");
      });
    }

    test("k4_x2_a_dispute_goes_from_an_invoice_to_its_credit_note", async () => {
      const number = `DISPUTED-${index}`;
      const invoice = await freshInvoice(supplier, number);
      await visit(admin, invoice);
      await admin.getByRole("link", { name: "Dispute this invoice" }).click();
      await admin.waitForURL((url) => url.pathname === "/cases/dispute");
      await admin.getByRole("button", { name: "Open the dispute" }).waitFor();
      await fits(admin);
      await admin.locator("[name=reason]").selectOption({ label: "Prices are not as agreed" });
      await admin.locator("[name=action]").selectOption({ label: "A credit note for the difference" });
      await admin.locator("[name=text]").fill("One euro less was agreed.");
      await admin.locator('[name="lines[0][price]"]').fill("0.01");
      await admin.getByRole("button", { name: "Open the dispute" }).click();
      await admin.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
      const dispute = new URL(admin.url()).pathname;
      await fits(admin);

      await visit(supplier, invoice);
      await supplier.locator("#dispute").getByText("In dispute").waitFor();
      await visit(supplier, `${dispute}/attachments`);
      const papers = await supplier.locator("#papers tbody th").allInnerTexts();
      for (const kind of ["Purchase order", "Order response", "Ship notice", "Invoice"]) {
        assert.ok(papers.some((words) => words.startsWith(kind)), `${kind} in ${papers}`);
      }
      await visit(supplier, dispute);
      await supplier.locator("[name=number]").fill(`CN-${number}`);
      await supplier.getByRole("button", { name: "Send the credit note" }).click();
      await supplier.locator("#dispute").getByText("Credited").waitFor();
      await fits(supplier);
      await visit(admin, invoice);
      await admin.locator("#dispute").getByText("Credited").waitFor();
      await admin.locator(".fact-strip").getByText("Credited").waitFor();
    });
  });
}

/** An invoice of the supplier for the first order that can be invoiced; gives its address. */
async function freshInvoice(page, number) {
  await visit(page, "/orders?tab=to-invoice");
  await page.locator('main a[href^="/orders/"]').filter({ hasNotText: /^$/ }).first().click();
  await page.waitForURL((url) => /^\/orders\/[\w-]{36}$/.test(url.pathname));
  await page.locator("main").getByRole("link", { name: "Send invoice", exact: true }).first().click();
  await page.waitForURL((url) => url.pathname.endsWith("/invoice"));
  await page.locator("[name=number]").fill(number);
  await page.locator('form[action="/do/send-invoice"] button[type=submit]').last().click();
  await page.waitForURL((url) => url.pathname.startsWith("/invoices/"));
  return new URL(page.url()).pathname;
}

test("of two people who answer at once, the second one is warned and loses nothing", async () => {
  const supplier = await openPage(stage.browser, stage.portal);
  const [tom, lena] = [await openPage(stage.browser, stage.portal), await openPage(stage.browser, stage.portal)];
  await signIn(supplier, stage.portal, "supplier");
  await Promise.all([tom, lena].map((page) => signIn(page, stage.portal, "admin")));
  await visit(supplier, "/cases/open");
  await supplier.locator("[name=title]").fill("Which crate is ours?");
  await supplier.locator("[name=text]").fill("Two stand at the gate.");
  await supplier.getByRole("button", { name: "Open the case" }).click();
  await supplier.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
  const address = new URL(supplier.url()).pathname;
  await visit(tom, address);
  await tom.locator("[name=text]").fill("The left one.");
  await supplier.getByLabel("Your message").fill("We opened both by now.");
  await supplier.getByRole("button", { name: "Send", exact: true }).click();
  // Tom's page shows it by itself, and what he has begun to write was begun before.
  await tom.locator("article.post", { hasText: "We opened both by now." }).waitFor();
  await tom.getByRole("button", { name: "Send", exact: true }).click();
  await tom.getByText("wrote while you did").first().waitFor();
  assert.equal(await tom.locator("[name=text]").inputValue(), "The left one.");
  await tom.getByRole("button", { name: "Send", exact: true }).click();
  await tom.locator("article.post", { hasText: "The left one." }).waitFor();
  // Who has begun nothing is asked nothing.
  await visit(lena, address);
  await supplier.getByLabel("Your message").fill("Thank you.");
  await supplier.getByRole("button", { name: "Send", exact: true }).click();
  await lena.locator("article.post", { hasText: "Thank you." }).waitFor();
  await lena.locator("[name=text]").fill("You are welcome.");
  await lena.getByRole("button", { name: "Send", exact: true }).click();
  await lena.locator("article.post", { hasText: "You are welcome." }).waitFor();
  await Promise.all([supplier, tom, lena].map((page) => page.context().close()));
});
