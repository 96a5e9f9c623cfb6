"""An integration layer made of other people's libraries: Standard Webhooks signs and checks, CloudEvents reads and writes,
JSON Schema judges every payload against docs/xconnector. It keeps what the portal tells it and sends what the test says.

Control, all JSON: GET /told gives what came, each with the faults found in it; POST /send with {type, data, mode, spoil}
sends an event and gives the portal's answer; POST /events is where the portal sends."""

import argparse
import json
import threading
import urllib.error
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cloudevents.core.bindings.http import HTTPMessage, from_http_event, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft202012Validator
from standardwebhooks.webhooks import Webhook

told, lock = [], threading.Lock()


def faults(schema, event):
    """What is wrong with an event, in words; the schema of its own type says it better than the choice of all."""
    known = schema["$defs"].get(event.get("type"))
    if known is None:
        return [f"{event.get('type')} has no schema"]
    validator = Draft202012Validator({"$ref": f"#/$defs/{event['type']}", "$defs": schema["$defs"]})
    return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(event)]


def received(options, headers, body):
    """Reads a message of the portal as a stranger would."""
    found = []
    try:
        Webhook(options.secret).verify(body, dict(headers))
    except Exception as error:
        found.append(f"signature: {error}")
    event = json.loads(body)
    try:
        read = from_http_event(HTTPMessage(dict(headers), body))
        if (read.get_id(), read.get_type(), read.get_data()) != (event["id"], event["type"], event["data"]):
            found.append("CloudEvents reads something else")
    except Exception as error:
        found.append(f"CloudEvents: {error!r}")
    if headers.get("webhook-id") != event["id"]:
        found.append("webhook-id is not the id of the event")
    return {"event": event, "faults": found + faults(options.schema, event)}


def send(options, wish):
    """Sends an event, and says what was answered and what the schema thinks of it."""
    attributes = {"id": wish.get("id", str(uuid.uuid4())), "source": "/peer", "type": wish["type"], "datacontenttype": "application/json"}
    event = CloudEvent(attributes=dict(attributes), data=wish["data"])
    message = to_binary_event(event) if wish.get("mode") == "binary" else to_structured_event(event)
    body, now = message.body, datetime.now(timezone.utc)
    if wish.get("spoil") == "late":
        now -= timedelta(minutes=6)
    signature = Webhook(options.secret).sign(attributes["id"], now, body.decode())
    if wish.get("spoil") == "body":
        body = body.replace(b"{", b"{ ", 1)
    headers = dict(message.headers) | {
        "webhook-id": attributes["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    request = urllib.request.Request(f"{options.portal}/api/v1/events", data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    whole = {"specversion": "1.0", **attributes, "data": wish["data"]}
    return {"status": status, "answer": json.loads(text), "faults": faults(options.schema, whole)}


def handler(options):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def reply(self, status, value):
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            with lock:
                self.reply(200, told)

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path == "/send":
                return self.reply(200, send(options, json.loads(body)))
            with lock:
                told.append(received(options, self.headers, body))
            self.reply(202, {})

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("portal", "secret", "schema"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    with open(options.schema, encoding="utf-8") as file:
        options.schema = json.load(file)
    Draft202012Validator.check_schema(options.schema)
    ThreadingHTTPServer(("127.0.0.1", options.port), handler(options)).serve_forever()


if __name__ == "__main__":
    main()
