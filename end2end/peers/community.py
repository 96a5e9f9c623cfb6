"""An Active Community written by somebody else: the standard library speaks HTTP, JSON Schema judges every request against
docs/community-profile/openapi.json. It keeps what the portal tells it and lists what the test says.

Control, all JSON and without a key: GET /_told gives the requests so far, each with the faults found in it; POST /_change adds
what happened here; POST /_probe with {url, key} asks another Active Community everything and judges its answers."""

import argparse
import hashlib
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from jsonschema import Draft202012Validator

KEY = "the key of the peer"
told, changes, contents, cases, lock = [], [], {}, {}, threading.Lock()


def judge(document, schema, value):
    """What is wrong with a value, in words."""
    validator = Draft202012Validator({"allOf": [schema], "components": document["components"]})
    return [f"/{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]


def operation(document, method, path):
    """The operation of the description that a request is, with its place; nothing where there is none."""
    for template, item in document["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path) and method.lower() in item:
            return template, item[method.lower()], item.get("parameters", [])
    return None


def content_schema(content):
    """The schema of a JSON body, where the description has one."""
    for media, body in (content or {}).items():
        if media.endswith("json"):
            return media, body["schema"]
    return None, None


def parameters(document, template, item, shared, path, query):
    """What is wrong with the address and the query of a request."""
    found = []
    names = re.findall(r"\{([^}]+)\}", template)
    values = re.fullmatch(re.sub(r"\{[^}]+\}", "([^/]+)", template), path)
    given = dict(zip(names, map(urllib.parse.unquote, values.groups()))) if values else {}
    for parameter in shared:
        found += judge(document, parameter["schema"], given[parameter["name"]])
    known = {parameter["name"]: parameter for parameter in item.get("parameters", [])}
    for name, value in query:
        if name not in known:
            found.append(f"the query has no {name}")
        else:
            schema = known[name]["schema"]
            found += judge(document, schema, int(value) if schema["type"] == "integer" else value)
    return found


def judge_request(document, method, path, query, headers, body):
    """What is wrong with a request of the portal."""
    known = operation(document, method, path)
    if known is None:
        return [f"{method} {path} is not described"]
    template, item, shared = known
    found = parameters(document, template, item, shared, path, query)
    media, schema = content_schema(item.get("requestBody", {}).get("content"))
    if schema is not None:
        if headers.get("content-type", "").split(";")[0] != media:
            found.append(f"the body is {headers.get('content-type')}")
        found += judge(document, schema, json.loads(body))
    elif "requestBody" in item and not body:
        found.append("the body is empty")
    return found


def judge_answer(document, method, path, status, media, body):
    """What is wrong with an answer of an Active Community."""
    known = operation(document, method, path)
    described = known[1]["responses"].get(str(status)) if known else None
    if described is None:
        return [f"{method} {path} is not described to answer {status}"]
    wanted, schema = content_schema(described.get("content"))
    if schema is None:
        return []
    found = [] if media == wanted else [f"{status} is {media}, and not {wanted}"]
    return found + judge(document, schema, json.loads(body))


def ask(document, target, method, path, query="", body=None, media="application/json", key=None):
    """Asks another Active Community; the status, the answer and its faults."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {target['key'] if key is None else key}", "content-type": media}
    request = urllib.request.Request(target["url"] + path + query, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            status, kind, text = answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        status, kind, text = error.code, error.headers.get_content_type(), error.read()
    faults = judge_answer(document, method, path, status, kind, text)
    return {"request": f"{method} {path}{query}", "status": status, "faults": faults, "body": text.decode("utf-8", "replace")}


def probe(document, target):
    """Every operation of the description, the way that works and the ways that do not."""
    at, digest = "2026-11-23T08:00:00Z", hashlib.sha256(b"A list\n").hexdigest()
    state = {
        "number": "C-1", "partner": "KESTREL", "kind": "order", "title": "Judged", "status": "open", "priority": "normal", "tier": 1, "version": 3,
        "opened_at": at, "correlation": {"portico": "p-1"}, "references": [{"type": "order", "number": "1"}], "by": {"actor": "A", "system": "portico"},
    }
    comment = {"origin": "portico", "external_id": "m-1", "author": "A", "side": "internal", "text": "Words", "at": at}
    link = {"origin": "portico", "external_id": "f-1", "sha256": digest, "name": "list.txt", "media_type": "text/plain", "size": 7, "author": "A", "side": "partner", "at": at}
    version = {"sequence": 1, "valid_from": "2026-01-01", "removed": False, "fields": {"name": "Gate 1"}}
    known = {"version": 1, "partner": "KESTREL", "code": "GATE/1", "versions": [version]}
    gate = "/reference/location/KESTREL:GATE%2F1"
    for schema, value in [("CaseState", state), ("Comment", comment), ("Attachment", link), ("ReferenceData", known)]:
        assert not judge(document, {"$ref": f"#/components/schemas/{schema}"}, value), schema
    asked = lambda *args, **more: ask(document, target, *args, **more)
    answers = [
        asked("PUT", "/cases/p-1", body=state), asked("PUT", "/cases/p-1", body={**state, "version": 2, "title": "Older"}),
        asked("PUT", "/cases/p-1", body={**state, "partner": "OTHER"}), asked("PUT", "/cases/p-1", body={"title": "x"}),
        asked("POST", "/cases/p-1/comments", body=comment), asked("POST", "/cases/p-1/comments", body=comment),
        asked("POST", "/cases/nobody/comments", body=comment), asked("POST", "/cases/p-1/comments", body={}),
        asked("POST", "/cases/p-1/attachments", body=link),
        asked("PUT", f"/attachments/{digest}", body=b"A list\n", media="text/plain"), asked("PUT", f"/attachments/{digest}", body=b"A list\n", media="text/plain"),
        asked("PUT", f"/attachments/{digest}", body=b"Another list\n", media="text/plain"),
        asked("POST", "/cases/p-1/attachments", body=link), asked("POST", "/cases/p-1/attachments", body=link),
        asked("GET", f"/attachments/{digest}"), asked("GET", f"/attachments/{'0' * 64}"),
        asked("PUT", gate, body=known), asked("PUT", gate, body=known), asked("PUT", gate, body={}), asked("PUT", "/reference/weather/x", body=known),
        asked("GET", "/changes"), asked("GET", "/changes", query="?take=1"), asked("GET", "/changes", query="?after=unheard-of"),
        asked("GET", "/changes", query="?take=many"), asked("GET", "/changes", key="wrong"), asked("PUT", "/cases/p-1", body=state, key="wrong"),
    ]
    return answers


def handler(options):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, status, value, media="application/json"):
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", media if status < 400 else "application/problem+json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def refuse(self, status, detail):
            self.reply(status, {"title": "Refused", "status": status, "detail": detail})

        def serve(self):
            parts = urllib.parse.urlsplit(self.path)
            path, query = parts.path, urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if path == "/_probe":
                return self.reply(200, probe(options.document, json.loads(body)))
            with lock:
                if path == "/_told":
                    return self.reply(200, told)
                if path == "/_change":
                    changes.append({**json.loads(body), "cursor": str(len(changes) + 1)})
                    found = judge(options.document, {"$ref": "#/components/schemas/Change"}, changes[-1])
                    return self.reply(200, found)
                if self.headers.get("authorization") != f"Bearer {KEY}":
                    return self.refuse(401, "The key is wrong.")
                found = judge_request(options.document, self.command, path, query, self.headers, body)
                if path != "/changes" or found:
                    kept = json.loads(body) if self.headers.get("content-type") == "application/json" else None
                    told.append({"request": f"{self.command} {path}", "body": kept, "faults": found})
                return self.answer(path, dict(query), body)

        def answer(self, path, query, body):
            steps = [urllib.parse.unquote(step) for step in path.split("/")[1:]]
            if steps == ["changes"]:
                after, take = int(query.get("after", "0")), int(query.get("take", "100"))
                page = changes[after : after + take]
                return self.reply(200, {"changes": page, "more": after + len(page) < len(changes)})
            if steps[0] == "attachments" and self.command == "PUT":
                contents[steps[1]] = body
                return self.reply(201, {})
            if steps[0] == "attachments":
                return self.reply(200, contents[steps[1]], "text/plain") if steps[1] in contents else self.refuse(404, "There is none.")
            if steps[0] == "reference":
                return self.reply(201, {"version": json.loads(body)["version"]})
            if self.command == "PUT":
                state = json.loads(body)
                known = state["correlation"].get("community") or cases.get(steps[1]) or f"PEER-{len(cases) + 1}"
                cases[steps[1]] = known
                return self.reply(200, {"id": known, "version": state["version"], "status": state["status"], "correlation": state["correlation"]})
            if steps[1] not in cases:
                return self.refuse(404, "There is no such case.")
            return self.reply(201, {"case": cases[steps[1]]})

        do_GET = do_POST = do_PUT = serve

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--document", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    with open(options.document, encoding="utf-8") as file:
        options.document = json.load(file)
    for schema in options.document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    contents[hashlib.sha256(b"A list\n").hexdigest()] = b"A list\n"
    ThreadingHTTPServer(("127.0.0.1", options.port), handler(options)).serve_forever()


if __name__ == "__main__":
    main()
