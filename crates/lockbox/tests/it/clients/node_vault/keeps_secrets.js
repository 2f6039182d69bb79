"use strict";
// Secrets by version, and without versions.

const { client, does, maker, me, pick, ready, refuses, root } = require("./told.js");

async function main() {
  await does("mount", () => root.mount({ mount_point: me, type: "kv", options: { version: "2" } }));
  await ready(() => root.read(`${me}/config`));
  await does("put", () => root.write(`${me}/data/app/db`, { data: { user: "anna", n: 5 } }));
  await does("put again", () => root.write(`${me}/data/app/db`, { data: { user: "bert", deep: { a: [1] } } }));
  await does("read", () => root.read(`${me}/data/app/db`));
  await does("read the first", () => root.read(`${me}/data/app/db?version=1`));
  await refuses("read nothing", 404, () => root.read(`${me}/data/nothing`));
  await refuses("create again", 400, () => root.write(`${me}/data/app/db`, { options: { cas: 0 }, data: {} }));
  await does("patch", () => root.update(`${me}/data/app/db`, { data: { user: "carl", n: null } }));
  await does("read what was patched", () => root.read(`${me}/data/app/db`));
  await does("list", () => root.list(`${me}/metadata`));
  await does("list a folder", () => root.list(`${me}/metadata/app`));
  await refuses("list nothing", 404, () => root.list(`${me}/metadata/nothing`));
  await does("delete", () => root.delete(`${me}/data/app/db`));
  await refuses("read what is deleted", 404, () => root.read(`${me}/data/app/db`));
  await does("bring it back", () => root.write(`${me}/undelete/app/db`, { versions: [3] }));
  await does("destroy", () => root.destroySecretVersions({ mount_point: me, path: "app/db", versions: [1] }));
  await refuses("read what is destroyed", 404, () => root.read(`${me}/data/app/db?version=1`));
  await does("write metadata", () => root.write(`${me}/metadata/app/db`, { custom_metadata: { owner: "ops" } }));
  await does("read metadata", () => root.read(`${me}/metadata/app/db`));
  await does("delete everything", () => root.delete(`${me}/metadata/app/db`));

  const plain = `${me}-plain`;
  await does("mount the first version", () => root.mount({ mount_point: plain, type: "kv" }));
  await does("put plainly", () => root.write(`${plain}/app/db`, { user: "anna", ttl: "1h" }));
  await does("read plainly", () => root.read(`${plain}/app/db`));
  await does("list plainly", () => root.list(plain));
  await does("delete plainly", () => root.delete(`${plain}/app/db`));
  await refuses("read plainly nothing", 404, () => root.read(`${plain}/app/db`));
  const custom = { endpoint: root.endpoint, token: root.token, noCustomHTTPVerbs: true };
  await does("put a second", () => root.write(`${plain}/b`, { v: 1 }));
  await does("list by GET", () => require("node-vault")(custom).list(plain));

  const rules = `path "${plain}/open/*" { capabilities = ["read", "create"] }`;
  await does("write a policy", () => root.addPolicy({ name: me, rules }));
  const made = await does("make a token", () => maker().tokenCreate({ policies: [me], ttl: "10m" }));
  const limited = client(pick(made, "auth", "client_token"));
  await does("write what is allowed", () => limited.write(`${plain}/open/a`, { v: 1 }));
  await refuses("write what is not", 403, () => limited.write(`${plain}/open/a`, { v: 2 }));
  await refuses("read with a wrong token", 403, () => client("s.nothing").read(`${plain}/open/a`));
  await refuses("write where no mount is", 404, () => root.write("no-such-mount/a", { v: 1 }));
  await does("unmount", () => root.unmount({ mount_point: plain }));
}

main();
