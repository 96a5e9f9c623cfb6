// X3: a document that fails validation reaches the page that its sender's people have open, and their mailbox, within a
// minute. The mail server is a program of somebody else.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { eventually, openPage, signIn, startBrowser, startPortal, visit } from "./lib.mjs";
import { startMailServer } from "./peers.mjs";

const world = await mkdtemp(path.join(tmpdir(), "portico-mail-"));
let post, portal, browser;
before(async () => {
  post = await startMailServer(path.join(world, "mails"));
  browser = await startBrowser();
  const env = { PORTICO__MAIL__SERVER: post.address, PORTICO__MAIL__FROM: "Castellan <portal@castellan.example>" };
  portal = await startPortal({ env });
});
after(async () => {
  await browser?.close();
  await portal?.stop();
  await post?.stop();
  await rm(world, { recursive: true, force: true });
});

/** An invoice of Ostermann Forge without the number of the invoice (BIG02), as its system sends it over the hub. */
const broken = [
  "ISA*00*          *00*          *ZZ*OSTERMANN      *ZZ*CASTELLAN      *261123*0800*U*00401*000777001*0*P*>",
  "GS*IN*OSTERMANN*CASTELLAN*20261123*0800*777001*X*004010", "ST*810*0001", "BIG*20261123", "TDS*1000", "SE*4*0001",
  "GE*1*777001", "IEA*1*000777001",
].map((segment) => `${segment}~`).join("");

async function sendBroken() {
  const response = await fetch(`${portal.address}/api/v1/documents`, {
    method: "POST",
    headers: { authorization: `Bearer ${portal.api_key}`, "content-type": "application/octet-stream", "idempotency-key": "x3" },
    body: broken,
  });
  assert.ok(response.ok, `${response.status}: ${await response.text()}`);
}

test("x3_a_failed_validation_reaches_the_open_page_and_the_mailbox_of_its_senders_team", async () => {
  const page = await openPage(browser, portal);
  await signIn(page, portal, "supplier");
  await visit(page, "/orders");
  const bell = page.getByRole("link", { name: /^Notifications/ });
  const before = await bell.getAttribute("aria-label");
  const began = Date.now();
  await sendBroken();
  // The page is not loaded again: its bell counts one more.
  await page.waitForFunction((before) => document.querySelector(".bell").getAttribute("aria-label") !== before, before);
  const shown = Date.now() - began;
  const { email } = portal.sign_ins.supplier;
  const mail = await eventually("the mail is in the mailbox", async () => {
    const mails = await post.mails();
    return mails.find((text) => text.includes(`X-RcptTo: ${email}`) && /Subject: Invoice .* was refused/.test(text));
  }, { seconds: 60 });
  assert.ok(shown < 10_000, `the bell took ${shown} ms`);
  const [link] = mail.match(/http:\/\/\S+\/documents\/[0-9a-f-]{36}/);
  assert.equal(new URL(link).origin, portal.address, "the link leads here");

  await bell.click();
  const row = page.locator("main tr", { hasText: "was refused" }).first();
  await row.getByRole("button", { name: /^Invoice.*was refused/ }).click();
  await page.waitForURL(/\/documents\/[0-9a-f-]{36}/);
  assert.equal(page.url(), link, "the notification leads where the mail does");
  await page.context().close();
});
