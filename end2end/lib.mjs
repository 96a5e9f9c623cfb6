// What every browser test stands on: starting the demonstration program and a browser, signing in, judging a page.
// It knows the program's command line and the sign-in form, and nothing of any other page.
//
// playwright-core with node's own test runner, rather than @playwright/test: Debian's Chromium is the only browser and
// `node --test` already runs files apart and reports; what the bigger package adds would be one more thing to learn.
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const results = path.join(root, "end2end", "test-results");

/** Widths that pages are looked at in, in CSS pixels. */
export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  wide: { width: 1680, height: 1050 },
};

/** The four ways every journey is walked. */
export const variants = [
  { name: "desktop, script on", size: "desktop", script: true },
  { name: "desktop, script off", size: "desktop", script: false },
  { name: "phone, script on", size: "phone", script: true },
  { name: "phone, script off", size: "phone", script: false },
];

export const themes = ["light", "dark"];

/** Asks the system for a TCP port that is free at this moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Calls `check` until it returns something true, and returns that. Fails after `seconds`, naming `what` and the last error.
 * For conditions outside the browser (a file, an address); inside it, locators wait by themselves.
 */
export async function eventually(what, check, { seconds = 10 } = {}) {
  const end = Date.now() + seconds * 1000;
  let last = null;
  do {
    try {
      const value = await check();
      if (value) return value;
      last = null;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${seconds} s`, { cause: last });
}

/** Starts a program whose stderr goes into `test-results/NAME.log`, and returns `{ child, log, exited, stop() }`. */
export async function startProgram(name, command, args, options = {}) {
  await mkdir(results, { recursive: true });
  const log = path.join(results, `${name}.log`);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  child.stderr.pipe(createWriteStream(log));
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(`it ended (${signal ?? `exit status ${code}`})`));
    child.once("error", (error) => resolve(`it did not start (${error.message})`));
  });
  // A test that dies must not leave programs behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill("SIGTERM");
    const timer = setTimeout(kill, 10_000);
    await exited;
    clearTimeout(timer);
  };
  return { child, log, exited, stop };
}

/**
 * Waits until `ready` resolves for a started program. Stops the program and fails with the end of its log when it ends
 * before that or `ready` fails.
 */
export async function whenReady(program, name, ready) {
  const early = program.exited.then((how) => {
    throw new Error(how);
  });
  try {
    return await Promise.race([ready(), early]);
  } catch (error) {
    await program.stop();
    const log = (await readFile(program.log, "utf8").catch(() => "")).split("\n").slice(-30).join("\n");
    throw new Error(`${name} did not become ready: ${error.message}\n${log}`, { cause: error });
  } finally {
    early.catch(() => {});
  }
}

/**
 * Starts `portico demo --json` on a free port with an empty data folder and waits for /readyz.
 * Returns what the program printed (api_key, sign_ins, partners) with `address` as an origin (http://127.0.0.1:PORT),
 * `data` (its folder), `log` (its stderr, a file) and `stop()`.
 * `env` is added to the program's environment; `data` starts it on an existing folder, which is then kept.
 * PORTICO_BINARY names another program than the debug build.
 */
export async function startPortal({ env = {}, data = null } = {}) {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
  const binary = process.env.PORTICO_BINARY ?? path.join(target, "debug", "portico");
  const port = await freePort();
  const folder = data ?? (await mkdtemp(path.join(tmpdir(), "portico-e2e-")));
  const args = ["demo", "--json", "--listen", `127.0.0.1:${port}`, "--data", folder];
  const program = await startProgram(`portal-${port}`, binary, args, { cwd: root, env: { ...process.env, ...env } });
  const stop = async () => {
    await program.stop();
    if (data === null) await rm(folder, { recursive: true, force: true });
  };
  try {
    const printed = await whenReady(program, "The portal", async () => {
      const lines = createInterface(program.child.stdout);
      const [line] = await once(lines, "line");
      const told = JSON.parse(line);
      told.address = new URL(told.address.includes("://") ? told.address : `http://${told.address}`).origin;
      await eventually(
        `${told.address}/readyz answers 200`,
        async () => (await fetch(`${told.address}/readyz`, { redirect: "manual" })).status === 200,
        { seconds: 30 },
      );
      return told;
    });
    return { ...printed, data: folder, log: program.log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Calls the machine API with the demonstration's key, as the hub's own system does, and returns its JSON. A refusal fails. */
export async function callApi(portal, method, route, body) {
  const response = await fetch(`${portal.address}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${portal.api_key}`, ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${route} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Starts Debian's Chromium, or the one PORTICO_CHROMIUM names. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.PORTICO_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync",
    ],
  });
}

/**
 * What a test file stands on: `{ portal, browser }`, started before its first test and stopped after its last one. Called
 * once at the top of the file; the fields are there as soon as tests run. `options` are those of startPortal.
 */
export function useStage(options) {
  const stage = {};
  before(async () => {
    // One after the other, so that the one that started is known (and stopped) when the other fails.
    stage.browser = await startBrowser();
    stage.portal = await startPortal(options);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.portal?.stop();
  });
  return stage;
}

/** Opens a page in a context of its own. `state` is another context's storageState(), to be signed in as it is. */
export async function openPage(browser, portal, { size = "desktop", theme = "light", script = true, state } = {}) {
  const context = await browser.newContext({
    baseURL: portal.address,
    viewport: sizes[size],
    hasTouch: size === "phone",
    colorScheme: theme,
    // A colour measured in the middle of a fade would be judged wrongly.
    reducedMotion: "reduce",
    javaScriptEnabled: script,
    storageState: state,
    locale: "en-US",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.portico = { theme, size, script };
  return page;
}

/** Signs in on the sign-in page. `who` is supplier, customer, admin, or an object with email and password (a partner). */
export async function signIn(page, portal, who) {
  const { email, password } = typeof who === "string" ? portal.sign_ins[who] : who;
  await page.goto("/sign-in");
  const form = page.locator("form:has(input[name=password])");
  await form.locator("input[name=email]").fill(email);
  await form.locator("input[name=password]").fill(password);
  await form.locator("button[type=submit]").click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
}

/** Goes to an address and requires this status and one level-one heading; every page has exactly one. */
export async function visit(page, address, { status = 200 } = {}) {
  const response = await page.goto(address);
  assert.equal(response.status(), status, `${address} answers ${status}`);
  assert.equal(await page.locator("h1").count(), 1, `${address} has one h1`);
  return response;
}

const accessibilityRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Fails with a readable list when axe finds a WCAG 2.2 A or AA fault on the page as it stands. */
export async function assertAccessible(page) {
  const judged = page.portico.script ? page : await copyWithScript(page);
  // From its top: what lies half beneath the bar at a place that was jumped to has half of its size.
  await judged.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  const { violations } = await new AxeBuilder({ page: judged }).withTags(accessibilityRules).analyze();
  if (judged !== page) await judged.context().close();
  const { size, theme } = page.portico;
  const list = violations.flatMap(({ id, help, nodes }) => [
    `  ${id}: ${help}`,
    ...nodes.map((node) => `    ${node.target.join(" ")}\n      ${node.failureSummary.replaceAll("\n", "\n      ")}`),
  ]);
  assert.ok(list.length === 0, `${page.url()} (${size}, ${theme}) is not accessible:\n${list.join("\n")}`);
}

// axe is a script itself. A page without script is judged as a copy: the same HTML at the same address in a context that
// may run axe, with the portal's own scripts left out.
async function copyWithScript(page) {
  const html = await page.content();
  const state = await page.context().storageState();
  const portal = { address: new URL(page.url()).origin };
  const copy = await openPage(page.context().browser(), portal, { ...page.portico, script: true, state });
  const address = page.url();
  await copy.route("**/*", (route) => {
    const request = route.request();
    if (request.isNavigationRequest()) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    return request.resourceType() === "script" ? route.abort() : route.continue();
  });
  await copy.goto(address);
  return copy;
}

/** Fails when the page is wider than its window, which makes a phone scroll sideways. */
export async function assertNoSidewaysScroll(page) {
  const judged = page.portico.script ? page : await copyWithScript(page);
  const [inner, whole] = await judged.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollWidth]);
  if (judged !== page) await judged.context().close();
  assert.ok(whole <= inner, `${page.url()} is ${whole} px wide in a window of ${inner} px`);
}

/** Judges a page as it stands: no accessibility fault, no sideways scrolling. */
export async function fits(page) {
  await assertAccessible(page);
  await assertNoSidewaysScroll(page);
}

/** Waits for words in a part of the page: with script the page moves by itself, without it the person loads it again. */
export async function moves(page, part, words, { seconds = 10 } = {}) {
  await eventually(`${part} of ${page.url()} says "${words}"`, async () => {
    if (!page.portico.script) await page.reload();
    return (await page.locator(part).allInnerTexts()).join(" ").includes(words);
  }, { seconds });
}

/** Takes a picture of the whole page into test-results/NAME.png (or into `folder`) and returns its path. */
export async function screenshot(page, name, { folder = results, fullPage = true } = {}) {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name.replaceAll(/[^\w.-]+/g, "-").replaceAll(/^-|-$/g, "")}.png`);
  await page.screenshot({ path: file, fullPage, animations: "disabled" });
  return file;
}
