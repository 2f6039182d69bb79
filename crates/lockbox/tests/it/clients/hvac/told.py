"""What a Python program does with a vault: each step is told in a line, with what came of it."""

import json
import sys
import time

import hvac
import requests

given = json.load(sys.stdin)
me = given["me"]


def client(token=None):
    return hvac.Client(url=given["address"], token=token)


root = client(given["root"])


def does(title, act, *arguments, **options):
    """It must work; gives what came."""
    try:
        value = act(*arguments, **options)
    except Exception as error:
        return tell(title, False, refusal(error))
    tell(title, True, {"gave": plain(value)})
    return value


def refuses(title, kind, act, *arguments, **options):
    """It must be refused with this kind of error."""
    try:
        value = act(*arguments, **options)
    except Exception as error:
        return tell(title, isinstance(error, kind), refusal(error))
    tell(title, False, {"gave": plain(value)})


def ready(act, *arguments, **options):
    """Asks until it works: a new engine is prepared behind the server's answer."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            return act(*arguments, **options)
        except hvac.exceptions.VaultError:
            continue


def pick(value, *names):
    """A part of what came, or a word that stands for none."""
    for name in names:
        if not isinstance(value, dict) or name not in value:
            return "nothing"
        value = value[name]
    return value


def tell(title, expected, outcome):
    print(json.dumps({"title": title, "expected": expected, "outcome": outcome}))


def plain(value):
    if isinstance(value, requests.Response):
        return {"status": value.status_code, "text": value.text}
    return value


def refusal(error):
    if isinstance(error, hvac.exceptions.VaultError) and error.json is not None:
        return {"refused": type(error).__name__, "answer": error.json, "method": error.method, "url": error.url}
    return {"refused": type(error).__name__, "text": str(error)}
