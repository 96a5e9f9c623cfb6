// Makes the pictures of the README and of the guides in docs/, from a demonstration of their own: `make guides`. It judges
// nothing but their size. The story of xConnector is played by the integration layer of the tests.
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually, openPage, root, signIn, startBrowser, startPortal } from "./lib.mjs";
import { registerEndpoint, startXConnector } from "./peers.mjs";

const folder = path.join(root, "docs", "images");
const most = 200_000; // bytes
const drop = await mkdtemp(path.join(tmpdir(), "portico-guides-"));
const browser = await startBrowser();
const portal = await startPortal({ env: { PORTICO_DEMO_DROP: drop } });
const xconnector = await startXConnector(portal);

/** A picture of the page, from its top down to the end of what `last` finds. */
async function picture(page, name, last = "main") {
  await page.evaluate(() => document.activeElement?.blur());
  const { y, height } = await page.locator(last).first().boundingBox();
  const file = path.join(folder, `${name}.png`);
  const clip = { x: 0, y: 0, width: page.viewportSize().width, height: Math.ceil(Math.min(y + height + 16, 900)) };
  await page.screenshot({ path: file, clip, fullPage: true, animations: "disabled" });
  const { size } = await stat(file);
  console.log(`${file}: ${size} bytes`);
  if (size > most) throw new Error(`${file} has ${size} bytes, more than ${most}`);
}

async function open(who) {
  const page = await openPage(browser, portal);
  await signIn(page, portal, who);
  return page;
}

/** Follows the first link of a list whose words match. */
async function follow(page, list, words) {
  await page.goto(list);
  await page.locator("main").getByRole("link", { name: words }).first().click();
  await page.waitForURL((url) => url.pathname !== new URL(list, portal.address).pathname);
  await page.waitForLoadState();
}

try {
  const [admin, supplier] = [await open("admin"), await open("supplier")];
  await follow(supplier, "/orders?tab=to-answer", /^4500/);
  await picture(supplier, "order", "#lines");
  await follow(supplier, "/cases?tab=all", /higher than ordered/);
  await picture(supplier, "case");
  await follow(admin, "/exceptions", /Other price/);
  await picture(admin, "exception");

  // xConnector: an event that names a case which is not open yet, then the case.
  await follow(admin, "/endpoints", /^xConnector$/);
  await admin.getByRole("button", { name: "Switch off" }).click();
  await admin.getByText("Switched off").first().waitFor();
  await registerEndpoint(admin, portal, { name: "Integration layer", address: `${xconnector.address}/events` });
  const page = new URL(admin.url()).pathname;
  const { answer } = await xconnector.send("case.commented", {
    case: "INC-4711", comment: "n-1", author: "Mira Vos", text: "Purchasing says 61.40 holds until the end of the year.", visibility: "partner",
  });
  if (answer.status !== "parked") throw new Error(`it does not wait: ${JSON.stringify(answer)}`);
  await admin.goto("/endpoints");
  await picture(admin, "endpoints", "#parked");
  await admin.locator("#parked").screenshot({ path: path.join(folder, "parked.png"), animations: "disabled" });
  const opening = { partner: "OSTERMANN", case: "INC-4711", kind: "invoice", severity: "warning", title: "Invoice OF-2026-1128: price of line 10" };
  await xconnector.send("exception.raised", { ...opening, detail: "The invoice says 63.20, the order 61.40.", references: [{ type: "invoice", number: "OF-2026-1128" }] });
  await xconnector.send("case.status_changed", { case: "INC-4711", status: "waiting_on_partner", note: "Send the price list" });
  await follow(admin, "/cases?tab=waiting", /price of line 10/);
  await picture(admin, "case-moved");
  await eventually("the log has an event that arrived", async () => {
    await admin.goto(page);
    return (await admin.locator("#log").getByText("Delivered").count()) > 0;
  }, { seconds: 30 });
  await picture(admin, "delivery-log");
} finally {
  await browser.close();
  await xconnector.stop();
  await portal.stop();
  await rm(drop, { recursive: true, force: true });
}
