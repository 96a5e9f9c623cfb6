// The least that must be true: the portal starts, its sign-in page and its "not found" page stand in every variant and
// both themes, and the three demonstration sign-ins let their owners in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll, openPage, signIn, startBrowser, startPortal, themes, variants, visit } from "./lib.mjs";

let portal;
let browser;

before(async () => {
  [portal, browser] = await Promise.all([startPortal(), startBrowser()]);
});
after(async () => {
  await browser?.close();
  await portal?.stop();
});

for (const variant of variants) {
  for (const theme of themes) {
    describe(`${variant.name}, ${theme}`, () => {
      let page;
      before(async () => {
        page = await openPage(browser, portal, { ...variant, theme });
      });
      after(() => page?.context().close());

      test("the sign-in page stands", async () => {
        await visit(page, "/sign-in");
        assert.ok(await page.locator("input[name=password]").isVisible());
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);
      });

      test("an unknown address is a page that says so", async () => {
        await visit(page, "/no-such-page", { status: 404 });
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);
      });
    });
  }

  for (const who of ["supplier", "customer", "admin"]) {
    test(`${variant.name}: the ${who} signs in`, async () => {
      const page = await openPage(browser, portal, variant);
      await signIn(page, portal, who);
      await visit(page, "/");
      assert.equal(new URL(page.url()).pathname, "/");
      await page.context().close();
    });
  }

  test(`${variant.name}: a wrong password is told, and the address kept`, async () => {
    const page = await openPage(browser, portal, variant);
    await page.goto("/sign-in");
    await page.locator("input[name=email]").fill(portal.sign_ins.supplier.email);
    await page.locator("input[name=password]").fill("not the password");
    await page.locator("form:has(input[name=password]) button[type=submit]").click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.locator("input[name=email]").inputValue(), portal.sign_ins.supplier.email);
    assert.equal(await page.locator("input[name=password]").inputValue(), "");
    await assertAccessible(page);
    await page.context().close();
  });
}
