// The trading partner of the tests: mock-edi, a program of its own that reads and writes a folder each and answers as a
// real buyer or seller would. Nothing here judges a document; the mock does, with its own dictionary. Beside it a mail
// server of somebody else.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, freePort, root, startProgram, whenReady } from "./lib.mjs";

/**
 * Starts mock-edi.
 * - `drop`: the folder it reads (what we send to it); `pickup`: the folder it writes (what it sends to us). Both are made.
 * - `args`: further options of its command line, such as ["--as2-id", "ACMEBUY", "--start-at", "2026-11-02T09:00:00Z"].
 * Returns the functions below and `stop()`.
 */
export async function startMockEdi({ drop, pickup, args = [] }) {
  const environment = process.env.PORTICO_PEERS;
  assert.ok(environment, "PORTICO_PEERS is not set. Run the tests by `make e2e`, or first: .ci/tools test; . .ci/env");
  await Promise.all([mkdir(drop, { recursive: true }), mkdir(pickup, { recursive: true })]);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const options = ["--port", `${port}`, "--drop-dir", drop, "--pickup-dir", pickup, "--drop-interval-ms", "200", "--drop-settle-ms", "100"];
  const program = await startProgram(`mock-edi-${port}`, path.join(environment, "bin", "python"), ["-m", "mockedi", ...options, ...args]);
  program.child.stdout.resume(); // its access log
  const control = (method, route, body) => call(address, method, route, body);
  await whenReady(program, "mock-edi", () =>
    eventually("mock-edi answers", async () => (await control("GET", "/health")).status === "ok", { seconds: 20 }),
  );
  return { address, control, stop: program.stop, ...questions(control), drop, pickup };
}

// One request to the control plane. `route` is what follows /_mock; the answer is its JSON; a refusal fails with its words.
async function call(address, method, route, body) {
  const response = await fetch(`${address}/_mock${route}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `mock-edi: ${method} /_mock${route} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

const query = (values) => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
};

const questions = (control) => ({
  /** Adds a partner: `id` is its interchange id; `more` are fields such as qualifier, name, role (supplier), behaviour. */
  addPartner: (id, more = {}) => control("POST", "/partners", { id, ...more }),
  /** Changes a partner's fields, for example `{ behaviour: "short" }`. */
  changePartner: (id, fields) => control("PATCH", `/partners/${encodeURIComponent(id)}`, fields),
  /** As buyer: orders from a partner whose role is supplier, `{ partner, lines: [{ sku, quantity, price }] }`; an 850 goes out. */
  purchase: (order) => control("POST", "/purchase", order),
  /** Every difference it sees between what it ordered and what the supplier said; the newest first. */
  disagreements: (filter = {}) => control("GET", `/disagreements${query(filter)}`),
  /** One order with its lines, shipments, invoices and, when placed by the mock, `reconciliation`. */
  order: (number, filter = {}) => control("GET", `/orders/${encodeURIComponent(number)}${query(filter)}`),
  /** Everything that happened to one order, in order. */
  timeline: (number, filter = {}) => control("GET", `/orders/${encodeURIComponent(number)}/timeline${query(filter)}`),
  /** Transaction sets that crossed the wire with their findings; `filter` as `{ partner, kind, direction }`. */
  documents: (filter = {}) => control("GET", `/documents${query(filter)}`),
  /** One transaction set with its findings and the interchange it came in. */
  document: (id) => control("GET", `/documents/${id}`),
  /** What it sent that nobody has acknowledged. */
  unacknowledged: (filter = {}) => control("GET", `/unacknowledged${query(filter)}`),
  /** Reads its drop folder now. */
  scan: () => control("POST", "/drop/scan"),
  /** Releases what is due later; by `seconds`, or everything. */
  advance: (seconds) => control("POST", seconds === undefined ? "/advance?all" : `/advance?seconds=${seconds}`),
});

/**
 * Starts aiosmtpd, a mail server that keeps what it takes in a mail folder. Returns `{ address, mails(), stop() }`;
 * `address` is what `mail.server` takes, `mails()` are the mails so far as texts, in the order they came.
 */
export async function startMailServer(folder) {
  const port = await freePort();
  const python = path.join(process.env.PORTICO_PEERS, "bin", "python");
  const options = ["-n", "-l", `127.0.0.1:${port}`, "-c", "aiosmtpd.handlers.Mailbox", folder];
  const program = await startProgram(`aiosmtpd-${port}`, python, ["-m", "aiosmtpd", ...options]);
  await whenReady(program, "aiosmtpd", () =>
    eventually("aiosmtpd answers", async () => {
      const socket = connect(port, "127.0.0.1");
      const [greeting] = await once(socket, "data");
      socket.destroy();
      return `${greeting}`.startsWith("220");
    }, { seconds: 20 }),
  );
  const mails = async () => {
    const names = (await readdir(path.join(folder, "new")).catch(() => [])).sort();
    return Promise.all(names.map((name) => readFile(path.join(folder, "new", name), "utf8")));
  };
  return { address: `smtp://127.0.0.1:${port}`, mails, stop: program.stop };
}

/**
 * Starts an integration layer made of other people's libraries (peers/xconnector.py), which signs with the portal's secret
 * and judges every event by the published schema. Returns `{ address, told(), send(type, data, more), stop() }`: `told` are
 * the events that came, `send` signs an event and gives the portal's answer.
 */
export async function startXConnector(portal) {
  const environment = process.env.PORTICO_PEERS;
  assert.ok(environment, "PORTICO_PEERS is not set. Run the tests by `make e2e`, or first: .ci/tools test; . .ci/env");
  const port = await freePort();
  const args = [
    path.join(root, "end2end", "peers", "xconnector.py"), "--port", `${port}`, "--portal", portal.address,
    "--secret", portal.xconnector.secret, "--schema", path.join(root, "docs", "xconnector", "events.schema.json"),
  ];
  const program = await startProgram(`xconnector-peer-${port}`, path.join(environment, "bin", "python"), args);
  const address = `http://127.0.0.1:${port}`;
  const ask = async (route, body) => {
    const answer = await fetch(`${address}${route}`, body && { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  };
  const told = () => ask("/told");
  await whenReady(program, "The integration layer", () => eventually("it answers", told, { seconds: 20 }));
  const send = (type, data, more = {}) => ask("/send", { type: `xconnector.${type}`, data, ...more });
  return { address, told, send, stop: program.stop };
}

/** Registers an address that is told of everything, with the portal's own secret, as an administrator does. */
export async function registerEndpoint(page, portal, { name, address, isPeer = false }) {
  await page.goto("/endpoints/add");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("textbox", { name: "Address" }).fill(address);
  await page.locator("[name=secret]").fill(portal.xconnector.secret);
  await page.getByLabel("It is on this machine or in this network").check();
  if (isPeer) await page.getByLabel("It is xConnector itself").check();
  await page.getByRole("button", { name: "Register it" }).click();
  await page.waitForURL((url) => /^\/endpoints\/[0-9a-f-]{36}$/.test(url.pathname));
}

/** The files of a folder whose names end in .edi, as `{ name, text }`, in the order of their names. */
export async function ediFiles(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".edi")).sort();
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(path.join(folder, name), "utf8") })));
}

/**
 * A system that only reads: it takes every file out of a folder, answers each functional group in it with a 997 that
 * accepts it, and keeps the file. Returns `{ taken, stop() }`; `taken` are the files so far as `{ name, text, sets }`,
 * `sets` being the codes of the transaction sets in it.
 */
export async function startReader({ from, to }) {
  await Promise.all([mkdir(from, { recursive: true }), mkdir(to, { recursive: true })]);
  const taken = [];
  let control = 700_000_000;
  let stopped = false;
  const look = async () => {
    for (const { name, text } of await ediFiles(from)) {
      await rm(path.join(from, name));
      const sets = readX12(text).flatMap(([tag, code]) => (tag === "ST" ? [code] : []));
      taken.push({ name, text, sets });
      const answer = acknowledgment(text, (control += 1));
      if (answer === null) continue;
      await writeFile(path.join(to, `.${control}.tmp`), answer);
      await rename(path.join(to, `.${control}.tmp`), path.join(to, `${control}-997.edi`));
    }
  };
  const work = (async () => {
    while (!stopped) {
      await look();
      await sleep(200);
    }
  })();
  const stop = async () => {
    stopped = true;
    await work;
  };
  return { taken, stop };
}

/** The segments of an interchange as arrays of elements; the delimiters are those of its ISA. */
export function readX12(text) {
  const [separator, terminator] = [text[3], text[105]];
  return text.split(terminator).map((segment) => segment.trim().split(separator)).filter(([tag]) => tag !== "");
}

// The 997 that accepts every group of an interchange, or null where it holds acknowledgments only.
function acknowledgment(text, control) {
  const segments = readX12(text);
  const [isa] = segments;
  const groups = segments.filter(([tag, functional]) => tag === "GS" && functional !== "FA");
  if (groups.length === 0) return null;
  const sets = groups.map(([, functional, from, to, , , number, , version], index) => {
    const count = Number(segments.filter(([tag]) => tag === "GE")[index][1]);
    const st = `${index + 1}`.padStart(4, "0");
    return { from, to, version, body: [["ST", "997", st], ["AK1", functional, number], ["AK9", "A", count, count, count], ["SE", 4, st]] };
  });
  const [{ from, to, version }] = sets;
  const [date, time] = [isa[9], isa[10]];
  const whole = [
    ["ISA", "00", "          ", "00", "          ", isa[7], isa[8].padEnd(15), isa[5], isa[6].padEnd(15), date, time, isa[11], isa[12], control, "0", isa[15], isa[16]],
    ["GS", "FA", to, from, `20${date}`, time, control, "X", version],
    ...sets.flatMap(({ body }) => body),
    ["GE", sets.length, control],
    ["IEA", 1, control],
  ];
  return `${whole.map((segment) => segment.join("*")).join("~\n")}~\n`;
}
