// Every page of every audience answers, fits its window, has no fault that axe finds, and says nothing on the console: all
// of them on a desktop in the light and on a phone in the dark, the busiest ones also the other way round.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll, openPage, signIn, useStage, visit } from "./lib.mjs";

const stage = useStage();

// An address ending in /* means the first link of that list; what follows >, a link with these words on the page there,
// with or without a count.
// What looks the same for everybody is looked at once.
const shared = [
  "/", "/orders", "/orders/*", "/shipments", "/shipments/*", "/invoices", "/invoices/*",
  "/exceptions?tab=all", "/exceptions?tab=settled/*", "/cases?tab=all", "/cases?tab=all/*", "/cases?tab=all > Attachments", "/cases/open",
  "/help", "/help/*", "/notifications", "/notifications/settings", "/views", "/views/*",
];
const made = ["/partners/add", "/endpoints/add", "/cases/open", "/policies/new", "/calendars/new"];
const audiences = {
  nobody: ["/sign-in", "/no-such-page"],
  supplier: [
    ...shared, "/documents", "/documents/*", "/remittances", "/remittances/*",
    "/orders?tab=to-answer > Answer", "/orders?tab=to-ship > Announce shipment", "/orders?tab=to-invoice > Send invoice", "/orders > Dispute this order",
    "/exceptions/*", "/exceptions/* > Correct and send",
  ],
  customer: [...shared, "/account", "/account/password", "/account/sessions", "/orders/no-such-order"],
  admin: [...shared, "/documents", "/documents/*", "/remittances", "/remittances/*", "/exceptions?tab=all&sort=money", "/partners", "/partners/*", "/partners/add", "/connections", "/styleguide",
    "/policies", "/policies/*", "/policies/new", "/calendars", "/calendars/*", "/calendars/new", "/cases?tab=mine", "/cases?q=shaft", "/cases?q=two parts/*", "/mail", "/mail/*", "/mail?tab=aside",
    "/exceptions/*", "/exceptions/* > Ask for it", "/rules", "/rules?kind=acknowledgment_missing&days=90", "/endpoints", "/endpoints/*", "/endpoints/add",
  ],
};
// What is known of a partner, as its own people and the hub's see it, and what a feed would change.
const reference = { supplier: ["/reference"], customer: ["/reference"], admin: ["/reference/preview", "/partners/* > What is known"] };
const busiest = ["/", "/orders", "/orders/*", "/documents/*", "/orders?tab=to-answer > Answer"];

const rounds = [
  { size: "desktop", theme: "light", wanted: () => true },
  { size: "phone", theme: "dark", wanted: () => true },
  { size: "desktop", theme: "dark", wanted: (address) => busiest.includes(address) },
  { size: "phone", theme: "light", wanted: (address) => busiest.includes(address) },
];

/** The address of the first link in the list on the page that leads to something in it. */
async function firstLink(page, list) {
  const folder = list.split("?")[0];
  const links = await page.locator(`main a[href^="${folder}/"]`).evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  // An order is named by a UUID, an article by a word: what leads on to a form is not meant.
  const first = links.find((href) => /^\/[a-z]+\/[\w-]+$/.test(href) && !made.includes(href));
  assert.ok(first, `${list} leads somewhere`);
  return first;
}

/** Goes to an address of the lists above. `known` keeps the first links of the lists that were open before. */
async function go(page, wanted, known) {
  const [address, words] = wanted.split(" > ");
  const list = address.replace(/\/\*$/, "");
  if (list === address && !words) return visit(page, address, { status: address.includes("no-such") ? 404 : 200 });
  if (!known.has(wanted)) {
    await visit(page, list);
    const first = await firstLink(page, list);
    known.set(wanted, first);
    if (words) {
      await visit(page, first);
      known.set(wanted, await page.locator("main").getByRole("link", { name: new RegExp(`^${words}( \\d+)?$`) }).first().getAttribute("href"));
    }
  }
  return visit(page, known.get(wanted));
}

for (const [who, addresses] of Object.entries(audiences)) {
  describe(who, () => {
    let state;
    const known = new Map();
    before(async () => {
      if (who === "nobody") return;
      const page = await openPage(stage.browser, stage.portal);
      await signIn(page, stage.portal, who);
      state = await page.context().storageState();
      await page.context().close();
    });
    for (const { size, theme, wanted } of rounds) {
      describe(`${size}, ${theme}`, () => {
        let page;
        const said = [];
        before(async () => {
          page = await openPage(stage.browser, stage.portal, { size, theme, state });
          page.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) said.push(message.text());
          });
          page.on("pageerror", (error) => said.push(String(error)));
          page.on("requestfailed", (request) => {
            // A page that is left ends its event stream, and the copy of itself that it was fetching after news.
            const ofLive = request.resourceType() === "eventsource" || (request.resourceType() === "fetch" && request.method() === "GET");
            const left = ofLive && request.failure()?.errorText === "net::ERR_ABORTED";
            if (!left && new URL(request.url()).pathname !== "/live") said.push(`${request.url()}: ${request.failure()?.errorText}`);
          });
        });
        after(() => page?.context().close());
        for (const address of [...addresses, ...(reference[who] ?? [])].filter(wanted)) {
          test(address, async () => {
            said.length = 0;
            await go(page, address, known);
            await assertNoSidewaysScroll(page);
            await assertAccessible(page);
            // The browser itself reports the status of a page that is not there.
            const faults = said.filter((line) => !(address.includes("no-such") && line.includes("404")));
            assert.deepEqual(faults, [], `the console of ${page.url()}`);
          });
        }
      });
    }
  });
}
