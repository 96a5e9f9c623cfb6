// Takes pictures of pages, for looking at them and for the documentation; it judges nothing.
//
//   node end2end/screenshots.mjs FOLDER [--page WHO:ADDRESS]... [--size phone]... [--theme dark]... [--window]
//
// WHO is supplier, customer, admin or nobody. An address that ends in /* means the first link of that list: `supplier:/orders/*`
// opens /orders and follows its first link to /orders/SOMETHING. Without --page, the pages below; without --size and
// --theme, all of them. --window takes what fits the window instead of the whole page.
import { parseArgs } from "node:util";
import { openPage, screenshot, signIn, sizes, startBrowser, startPortal, themes } from "./lib.mjs";

const everyPage = [
  "nobody:/sign-in", "nobody:/no-such-page",
  "supplier:/", "supplier:/orders", "supplier:/orders/*", "supplier:/shipments/*", "supplier:/invoices/*", "supplier:/documents/*", "supplier:/account",
  "customer:/", "customer:/orders", "customer:/orders/*", "customer:/shipments/*", "customer:/account",
  "admin:/", "admin:/orders", "admin:/partners", "admin:/documents", "admin:/documents/*", "admin:/connections", "admin:/account",
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    page: { type: "string", multiple: true, default: everyPage },
    size: { type: "string", multiple: true, default: Object.keys(sizes) },
    theme: { type: "string", multiple: true, default: themes },
    window: { type: "boolean", default: false },
  },
});
const [folder] = positionals;
if (!folder) {
  console.error("Say where the pictures go: node end2end/screenshots.mjs FOLDER");
  process.exit(1);
}

// Goes to an address, following the first link of a list where it ends in /*. Returns false when the list has none.
async function open(page, address) {
  if (!address.endsWith("/*")) {
    await page.goto(address);
    return true;
  }
  const list = address.slice(0, -2);
  await page.goto(list);
  const links = await page.locator(`main a[href^="${list}/"]`).evaluateAll((found) => found.map((link) => link.getAttribute("href")));
  if (links.length === 0) return false;
  await page.goto(links[0]);
  return true;
}

const portal = await startPortal();
const browser = await startBrowser();
try {
  const states = { nobody: undefined };
  for (const who of new Set(values.page.map((page) => page.split(":")[0]))) {
    if (who === "nobody") continue;
    const page = await openPage(browser, portal);
    await signIn(page, portal, who);
    states[who] = await page.context().storageState();
    await page.context().close();
  }
  for (const wanted of values.page) {
    const [who, address] = wanted.split(/:(.*)/s);
    for (const size of values.size) {
      for (const theme of values.theme) {
        const page = await openPage(browser, portal, { size, theme, state: states[who] });
        if (await open(page, address)) console.log(await screenshot(page, `${wanted.replace("/*", "/first")} ${size} ${theme}`, { folder, fullPage: !values.window }));
        else console.log(`no link to follow for ${wanted}`);
        await page.context().close();
      }
    }
  }
} finally {
  await browser.close();
  await portal.stop();
}
