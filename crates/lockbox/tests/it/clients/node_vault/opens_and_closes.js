"use strict";
// Initialised, unsealed, sealed.

const { client, does, pick, refuses } = require("./told.js");

const anybody = client();
let keys = {};

async function initialise() {
  keys = await anybody.init({ secret_shares: 3, secret_threshold: 2 });
  const lengths = (shares) => shares.map((share) => share.length);
  return { ...keys, keys: lengths(keys.keys), keys_base64: lengths(keys.keys_base64) };
}

const status = async () => ({ ...(await anybody.status()), storage_type: "its own" });

async function main() {
  await does("is not initialised", () => anybody.initialized());
  await does("health", async () => pick(await anybody.health(), "initialized"));
  await does("status", status);
  await refuses("initialise badly", 400, () => anybody.init({ secret_shares: 2, secret_threshold: 3 }));
  await does("initialise", initialise);
  await refuses("initialise again", 400, () => anybody.init({ secret_shares: 1, secret_threshold: 1 }));
  await does("status when sealed", status);
  await refuses("read while sealed", 503, () => client(pick(keys, "root_token")).mounts());
  const unseal = async (options) => ({ ...(await anybody.unseal(options)), storage_type: "its own" });
  await does("unseal by one", () => unseal({ key: pick(keys, "keys", 0) }));
  await does("forget it", () => unseal({ reset: true }));
  await does("unseal by two", () => unseal({ key: pick(keys, "keys", 1) }));
  await does("unseal", () => unseal({ key: pick(keys, "keys_base64", 2) }));
  const root = client(pick(keys, "root_token"));
  await does("look itself up", () => root.tokenLookupSelf());
  await does("seal", () => root.seal());
  await does("status when sealed again", status);
}

main();
