// Saved views: a list is kept as it was narrowed, shared with colleagues, opened from the menu, changed and removed.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fits, openPage, signIn, useStage, variants, visit } from "./lib.mjs";

const stage = useStage();

const menu = (page) => page.locator("details.views");
const openMenu = (page) => menu(page).locator("summary").click();
/** Where an entry of the navigation leads. */
const leads = (page, entry) => page.locator("nav.nav").getByRole("link", { name: entry, includeHidden: true }).getAttribute("href");

for (const variant of variants) {
  describe(variant.name, () => {
    test("a list is kept as it is narrowed, shared, opened first, renamed and removed", async () => {
      const name = `Wet crates, ${variant.name}`;
      const page = await openPage(stage.browser, stage.portal, variant);
      await signIn(page, stage.portal, "admin");
      await visit(page, "/cases?tab=all&q=crate");
      const shown = await page.locator("main tbody tr").count();
      assert.ok(shown > 0, "something is found");
      await openMenu(page);
      await menu(page).getByLabel("Save what you see as").fill(name);
      await menu(page).getByLabel(/^Everybody at/).check();
      await fits(page);
      await menu(page).getByRole("button", { name: "Save the view" }).click();
      await page.getByText("The view is saved").waitFor();
      assert.equal(new URL(page.url()).search, "?tab=all&q=crate");

      // Chosen for the menu, it is where the menu leads; its tabs stay what they are.
      await openMenu(page);
      await menu(page).getByRole("button", { name: "Always open Cases with this view" }).click();
      await page.getByText("now opens with").waitFor();
      assert.equal(await leads(page, "Cases"), "/cases?tab=all&q=crate");
      await visit(page, await leads(page, "Cases"));
      assert.equal(await page.locator("main tbody tr").count(), shown);
      await visit(page, "/cases");
      assert.equal(await page.locator(".tabs [aria-current]").getAttribute("href"), "/cases");

      // Saved under a name that is taken, it is refused and nothing typed is lost.
      await visit(page, "/cases?tab=settled");
      await openMenu(page);
      await menu(page).getByLabel("Save what you see as").fill(name.toUpperCase());
      await menu(page).getByRole("button", { name: "Save the view" }).click();
      await menu(page).getByText("You have a view of this name").waitFor();
      assert.equal(await menu(page).getByLabel("Save what you see as").inputValue(), name.toUpperCase());
      await fits(page);

      await menu(page).getByRole("link", { name: "Change or remove views" }).click();
      await page.getByRole("heading", { name: "Saved views", level: 1 }).waitFor();
      await fits(page);
      await page.getByRole("link", { name: `Change ${name}`, exact: true }).click();
      await page.getByLabel("Name").fill(`${name} again`);
      await fits(page);
      await page.getByRole("button", { name: "Save the view" }).click();
      await page.getByText("The view is changed").waitFor();
      assert.equal(await leads(page, "Cases"), "/cases?tab=all&q=crate", "it still opens first");

      await page.getByRole("link", { name: `Change ${name} again` }).click();
      await page.getByRole("link", { name: "Remove this view" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
      await page.getByText("is removed. The rows it showed stay").waitFor();
      assert.equal(await leads(page, "Cases"), "/cases");
      await page.context().close();
    });
  });
}

test("a colleague sees what is shared, and nobody else does", async () => {
  const [hub, supplier] = await Promise.all(["admin", "supplier"].map(async (who) => {
    const page = await openPage(stage.browser, stage.portal);
    await signIn(page, stage.portal, who);
    await visit(page, "/exceptions");
    await openMenu(page);
    return page;
  }));
  assert.match(await menu(hub).innerText(), /Most money with partners/);
  assert.doesNotMatch(await menu(supplier).innerText(), /Most money/);
  await Promise.all([hub, supplier].map((page) => page.context().close()));
});
