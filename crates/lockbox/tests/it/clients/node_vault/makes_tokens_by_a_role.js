"use strict";
// Tokens made by a role.

const { does, maker, me, pick, refuses, root } = require("./told.js");

async function main() {
  const role = { role_name: me, allowed_policies: "default", orphan: true, renewable: false, path_suffix: "nightly" };
  await does("write a role", () => root.addTokenRole(role));
  await does("read the role", () => root.getTokenRole({ role_name: me }));
  await does("list roles", async () => pick(await root.tokenRoles(), "data", "keys").includes(me));
  const made = await does("create", () => maker().tokenCreateRole({ role_name: me, policies: ["default"] }));
  await does("look up", () => root.tokenLookup({ token: pick(made, "auth", "client_token") }));
  await refuses("create beyond the role", 400, () => maker().tokenCreateRole({ role_name: me, policies: ["other"] }));
  await does("delete the role", () => root.removeTokenRole({ role_name: me }));
  await refuses("read no role", 404, () => root.getTokenRole({ role_name: me }));
}

main();
