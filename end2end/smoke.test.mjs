// The least that must be true: the portal starts, its sign-in page and its "not found" page stand in every variant and
// both themes, and the three demonstration sign-ins let their owners in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll, openPage, signIn, themes, useStage, variants, visit } from "./lib.mjs";

const stage = useStage();

for (const variant of variants) {
  for (const theme of themes) {
    describe(`${variant.name}, ${theme}`, () => {
      let page;
      before(async () => {
        page = await openPage(stage.browser, stage.portal, { ...variant, theme });
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
      const page = await openPage(stage.browser, stage.portal, variant);
      await signIn(page, stage.portal, who);
      await visit(page, "/");
      assert.equal(new URL(page.url()).pathname, "/");
      await page.context().close();
    });
  }

  test(`${variant.name}: a wrong password is told, and the address kept`, async () => {
    const page = await openPage(stage.browser, stage.portal, variant);
    await page.goto("/sign-in");
    await page.locator("input[name=email]").fill(stage.portal.sign_ins.supplier.email);
    await page.locator("input[name=password]").fill("not the password");
    await page.locator("form:has(input[name=password]) button[type=submit]").click();
    await page.getByText("do not go together").waitFor();
    assert.equal(await page.locator("input[name=email]").inputValue(), stage.portal.sign_ins.supplier.email);
    assert.equal(await page.locator("input[name=password]").inputValue(), "");
    // Whoever cannot see the message hears it: the field that is wrong gets the focus, and the message describes it.
    await page.locator("input[name=password]:focus").waitFor();
    const heard = await page.evaluate(() => {
      const field = document.activeElement;
      const words = document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent ?? "";
      return { name: field.getAttribute("name"), invalid: field.getAttribute("aria-invalid"), words };
    });
    assert.deepEqual({ ...heard, words: heard.words.includes("do not go together") }, { name: "password", invalid: "true", words: true });
    await assertAccessible(page);
    await page.context().close();
  });
}
