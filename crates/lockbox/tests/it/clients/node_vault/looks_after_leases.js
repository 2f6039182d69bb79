"use strict";
// The leases of tokens.

const { client, does, given, me, pick, refuses, root } = require("./told.js");

async function main() {
  await does("enable", () => root.enableAuth({ mount_point: me, type: "jwt" }));
  await does("configure", () => root.write(`auth/${me}/config`, { jwt_validation_pubkeys: [given.pem] }));
  const role = { role_type: "jwt", user_claim: "project_id", bound_audiences: ["https://vault.example"] };
  await does("write a role", () => root.write(`auth/${me}/role/ci`, role));
  const log_in = () => client().jwtLogin({ mount_point: me, role: "ci", jwt: given.jwt });

  await does("log in", log_in);
  const leases = await does("list leases", () => root.list(`sys/leases/lookup/auth/${me}/login`));
  const lease_id = `auth/${me}/login/${pick(leases, "data", "keys", 0)}`;
  await does("look up", () => root.write("sys/leases/lookup", { lease_id }));
  await refuses("renew", 400, () => root.renew({ lease_id, increment: 60 }));
  await does("revoke", () => root.revoke({ lease_id }));
  const session = await does("log in again", log_in);
  await refuses("revoke by prefix the old way", 404, () => root.revokePrefix({ path_prefix: `auth/${me}` }));
  await does("revoke by prefix", () => root.write(`sys/leases/revoke-prefix/auth/${me}`));
  await refuses("look up what is gone", 403, () =>
    root.tokenLookup({ token: pick(session, "auth", "client_token") }),
  );
}

main();
