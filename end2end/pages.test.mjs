// Every page of every audience answers, fits its window, has no fault that axe finds, and says nothing on the console: all
// of them on a desktop in the light and on a phone in the dark, the busiest ones also the other way round.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll, openPage, signIn, useStage, visit } from "./lib.mjs";

const stage = useStage();

// An address that ends in /* means the first link of that list, and `… > words` the link with these words on that page.
const account = ["/account", "/account/password", "/account/sessions"];
const everyone = [...account, "/help", "/help/*", "/styleguide", "/no-such-page", "/orders/no-such-order"];
const audiences = {
  nobody: ["/sign-in", "/no-such-page"],
  supplier: [
    "/", "/orders", "/orders?tab=answer > Answer", "/orders/*", "/shipments", "/shipments/*", "/invoices", "/invoices/*",
    "/documents", "/documents/*", ...everyone,
  ],
  customer: ["/", "/orders", "/orders/*", "/shipments", "/shipments/*", "/invoices", "/invoices/*", ...everyone],
  admin: [
    "/", "/orders", "/orders/*", "/shipments", "/shipments/*", "/invoices", "/invoices/*", "/documents", "/documents/*",
    "/partners", "/partners/*", "/partners/add", "/connections", ...everyone,
  ],
};
const busiest = ["/", "/orders", "/orders/*", "/documents/*", "/connections"];
