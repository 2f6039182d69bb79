"use strict";
// Answers that are wrapped, and what is a token's own.

const { client, does, maker, pick, refuses, root } = require("./told.js");

const wrapped = { requestOptions: { headers: { "X-Vault-Wrap-TTL": "1m" } } };

async function main() {
  const made = await does("make a token in a wrap", () => maker().tokenCreate({ policies: ["default"], ...wrapped }));
  const token = pick(made, "wrap_info", "token");
  await does("look up", () => root.write("sys/wrapping/lookup", { token }));
  const inside = await does("unwrap", () => root.unwrap({ token }));
  await refuses("unwrap again", 400, () => root.unwrap({ token }));
  const read = await does("read in a wrap", () => root.read("sys/policies/acl/default", wrapped.requestOptions));
  await does("unwrap as its bearer", () => client(pick(read, "wrap_info", "token")).unwrap());

  const bearer = client(pick(inside, "auth", "client_token"));
  await does("keep", () => bearer.write("cubbyhole/a/b", { v: 1 }));
  await does("read what was kept", () => bearer.read("cubbyhole/a/b"));
  await does("list what was kept", () => bearer.list("cubbyhole"));
  await refuses("another reads nothing", 404, () => root.read("cubbyhole/a/b"));
  await does("forget", () => bearer.delete("cubbyhole/a/b"));
  await refuses("read nothing", 404, () => bearer.read("cubbyhole/a/b"));
}

main();
