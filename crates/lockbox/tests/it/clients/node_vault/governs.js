"use strict";
// Mounts, policies, keys: what an administrator does.

const { client, does, maker, me, pick, ready, refuses, root } = require("./told.js");

/** Without what only OpenBao has. */
async function mounts() {
  const { "identity/": _, ...listed } = (await root.mounts()).data;
  return listed;
}

async function main() {
  await does("health", () => root.health());
  await does("status", () => root.status());
  await does("leader", () => root.leader());
  await does("is initialised", () => root.initialized());

  await does("list engines", mounts);
  const config = { default_lease_ttl: "30m" };
  await does("mount", () => root.mount({ mount_point: me, type: "kv", description: "made up", config }));
  await refuses("mount again", 400, () => root.mount({ mount_point: me, type: "kv" }));
  await refuses("mount what there is not", 400, () => root.mount({ mount_point: `${me}-2`, type: "nothing" }));
  await does("list engines again", mounts);
  await does("put", () => root.write(`${me}/a`, { v: 1 }));
  await does("move", () => root.remount({ from: me, to: `${me}-moved` }).then((answer) => Object.keys(answer)));
  await ready(() => root.read(`${me}-moved/a`));
  await does("read where it went", () => root.read(`${me}-moved/a`));
  await does("unmount", () => root.unmount({ mount_point: `${me}-moved` }));

  await does("list methods", () => root.auths());
  await does("enable a method", () => root.enableAuth({ mount_point: me, type: "jwt" }));
  await does("list methods again", () => root.auths());
  await does("disable the method", () => root.disableAuth({ mount_point: me }));

  const rules = `path "${me}/*" { capabilities = ["read"] }`;
  await does("write a policy", () => root.addPolicy({ name: me, rules }));
  await does("read the policy", () => root.getPolicy({ name: me }));
  await does("list policies", () => root.policies());
  await refuses("read no policy", 404, () => root.getPolicy({ name: "nothing" }));
  const made = await does("make a token", () => maker().tokenCreate({ policies: [me] }));
  const token = pick(made, "auth", "client_token");
  await refuses("list engines without leave", 403, () => client(token).mounts());
  await does("ask what it may", () => client(token).write("sys/capabilities-self", { paths: [`${me}/a`] }));
  await does("delete the policy", () => root.removePolicy({ name: me }));
  await does("rotate", () => root.rotate());
  await does("list audit devices", () => root.audits());
  await refuses("read no path", 404, () => root.read("sys/nothing"));
}

main();
