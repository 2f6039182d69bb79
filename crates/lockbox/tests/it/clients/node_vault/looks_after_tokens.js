"use strict";
// Tokens made, looked at, renewed, ended.

const { client, does, maker, me, pick, refuses, root } = require("./told.js");

async function main() {
  await does("look up the root", () => root.tokenLookupSelf());
  const order = { policies: ["default"], ttl: "1h", display_name: "ann", meta: { team: "ops" } };
  const made = await does("create", () => maker().tokenCreate(order));
  const token = pick(made, "auth", "client_token");
  const accessor = pick(made, "auth", "accessor");
  const bearer = client(token);
  await does("look up", () => root.tokenLookup({ token }));
  await does("look up by accessor", () => root.tokenLookupAccessor({ accessor }));
  await does("look up itself", () => bearer.tokenLookupSelf());
  await does("renew", () => maker().tokenRenew({ token, increment: "30m" }));
  await does("renew itself", () => bearer.tokenRenewSelf({ increment: "20m" }));
  await does("list accessors", async () => pick(await root.tokenAccessors(), "data", "keys").includes(accessor));
  await does("revoke by accessor", () => root.tokenRevokeAccessor({ accessor }));
  await refuses("look up what is revoked", 403, () => root.tokenLookup({ token }));
  await refuses("look itself up when it is revoked", 403, () => bearer.tokenLookupSelf());

  const orphan = await does("create an orphan", () => maker().tokenCreateOrphan({ policies: ["default"], period: "30m" }));
  await does("look up the orphan", () => root.tokenLookup({ token: pick(orphan, "auth", "client_token") }));
  await does("the orphan revokes itself", () => client(pick(orphan, "auth", "client_token")).tokenRevokeSelf());

  const rules = 'path "auth/token/create" { capabilities = ["update"] }';
  await does("write a parent's policy", () => root.addPolicy({ name: me, rules }));
  const parent = pick(await does("create a parent", () => maker().tokenCreate({ policies: [me] })), "auth", "client_token");
  const child = await does("create a child", () => client(parent).tokenCreate({ ttl: "10m" }));
  await does("revoke the parent alone", () => root.tokenRevokeOrphan({ token: parent }));
  await does("look up the child", () => root.tokenLookup({ token: pick(child, "auth", "client_token") }));
  await does("revoke the child", () => root.tokenRevoke({ token: pick(child, "auth", "client_token") }));
}

main();
