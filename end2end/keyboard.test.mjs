// Without a mouse: on every page of the work with exceptions and cases each step of Tab goes forward, shows where it is and
// stays clear of what floats; a case is opened, answered and settled with keys alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openPage, signIn, useStage, visit } from "./lib.mjs";

const stage = useStage();
const pages = {
  supplier: ["/cases?tab=all", "/cases/open", "/exceptions?tab=all", "/notifications", "/notifications/settings", "/reference"],
  admin: ["/cases", "/exceptions", "/rules?kind=order_rejected", "/policies/new", "/calendars/new", "/endpoints", "/endpoints/add", "/reference/preview"],
};

/** Where the focus is: a name for messages, and whether one sees it. */
function focused(page) {
  return page.evaluate(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return null;
    at.dataset.step ??= `${(window.steps = (window.steps ?? 0) + 1)}`;
    // A choice shows its focus around its label, a field in its frame.
    const shown = [at, at.closest("label"), at.parentElement].filter(Boolean).some((node) => {
      const { boxShadow, outlineStyle, outlineColor } = getComputedStyle(node);
      return boxShadow !== "none" || (outlineStyle !== "none" && !/, 0\)$|transparent/.test(outlineColor));
    });
    const box = at.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 10)];
    const top = document.elementFromPoint(x, y);
    const clear = top !== null && (at.contains(top) || top.contains(at) || top.closest("label")?.contains(at) === true);
    const name = at.getAttribute("aria-label") ?? at.innerText ?? "";
    return { step: Number(at.dataset.step), name: `${at.localName} "${(name || at.name || "").trim().slice(0, 40)}"`, shown, clear };
  });
}

/** Presses Tab until what has the focus is this one. */
async function tabTo(page, locator) {
  await locator.waitFor();
  for (let presses = 0; presses < 150; presses += 1) {
    if (await locator.evaluate((node) => node === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${locator} is not reached by Tab`);
}

for (const [who, addresses] of Object.entries(pages)) {
  describe(who, () => {
    let page;
    before(async () => {
      page = await openPage(stage.browser, stage.portal);
      await signIn(page, stage.portal, who);
    });
    after(() => page?.context().close());
    for (const address of addresses) {
      test(`${address} is walked by Tab from its first to its last`, async () => {
        await visit(page, address);
        let last = 0;
        for (let presses = 0; presses < 250; presses += 1) {
          await page.keyboard.press("Tab");
          const at = await focused(page);
          // After the last one the browser itself is next, and then the first again.
          if (at === null || at.step < last) break;
          // A date has its day, month and year in one field.
          assert.ok(at.step === last || at.step === last + 1, `${at.name} comes out of turn`);
          assert.ok(at.shown, `the focus on ${at.name} is not seen`);
          assert.ok(at.clear, `${at.name} is under something else`);
          last = at.step;
        }
        assert.ok(last > 5 && last < 240, `${last} steps`);
      });
    }
  });
}

test("a case is opened, answered and settled with keys alone", async () => {
  const page = await openPage(stage.browser, stage.portal);
  await signIn(page, stage.portal, "supplier");
  await visit(page, "/cases");
  await page.keyboard.press("Tab");
  assert.match((await focused(page)).name, /Skip|content/i);
  await tabTo(page, page.getByRole("link", { name: "Open a case" }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/cases/open");
  await tabTo(page, page.getByLabel("In a few words"));
  await page.keyboard.type("Typed without a mouse");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Is it read all the same?");
  await tabTo(page, page.getByRole("button", { name: "Open the case" }));
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => /^\/cases\/[\w-]{36}$/.test(url.pathname));
  await tabTo(page, page.getByLabel("Your message"));
  await page.keyboard.type("One thing more.");
  await tabTo(page, page.getByRole("button", { name: "Send", exact: true }));
  await page.keyboard.press("Enter");
  await page.locator("article.post", { hasText: "One thing more." }).waitFor();
  await tabTo(page, page.getByRole("button", { name: "It is settled" }));
  await page.keyboard.press("Enter");
  await page.locator("[data-live=page-head]").getByText("Resolved").waitFor();
  await page.context().close();
});

test("menus open with Enter and let go again", async () => {
  const page = await openPage(stage.browser, stage.portal, { size: "phone" });
  await signIn(page, stage.portal, "supplier");
  await visit(page, "/cases");
  const menu = page.locator("details.menu > summary").last();
  await tabTo(page, menu);
  await page.keyboard.press("Enter");
  await page.locator("details.menu[open]").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("details.menu[open]").waitFor({ state: "detached" });
  assert.ok(await menu.evaluate((node) => node === document.activeElement), "the focus is where it was");
  await page.context().close();
});
