"""Initialised, unsealed, sealed."""

from hvac.exceptions import InvalidRequest, VaultDown

from told import client, does, pick, refuses

anybody = client()
keys = {}


def initialise():
    keys.update(anybody.sys.initialize(secret_shares=3, secret_threshold=2))
    lengths = [[len(share) for share in keys[name]] for name in ("keys", "keys_base64")]
    return {**keys, "keys": lengths[0], "keys_base64": lengths[1]}


def status():
    return {**anybody.seal_status, "storage_type": "its own"}


does("is not initialised", anybody.sys.is_initialized)
refuses("unseal nothing", InvalidRequest, anybody.sys.submit_unseal_key, "00" * 33)
refuses("initialise badly", InvalidRequest, anybody.sys.initialize, secret_shares=2, secret_threshold=3)
does("initialise", initialise)
refuses("initialise again", InvalidRequest, anybody.sys.initialize)
shares = keys.get("keys", ["nothing"] * 3)
does("is sealed", anybody.sys.is_sealed)
does("status when sealed", status)
refuses("read while sealed", VaultDown, anybody.sys.list_auth_methods)
does("unseal by one", lambda: pick(anybody.sys.submit_unseal_key(shares[0]), "progress"))
does("forget it", lambda: pick(anybody.sys.submit_unseal_key(reset=True), "progress"))
does("unseal", lambda: pick(anybody.sys.submit_unseal_keys(shares[1:]), "sealed"))
does("status", status)
root = client(pick(keys, "root_token"))
does("look itself up", root.auth.token.lookup_self)
does("seal", root.sys.seal)
does("is sealed again", anybody.sys.is_sealed)
