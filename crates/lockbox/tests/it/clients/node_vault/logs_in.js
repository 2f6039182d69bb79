"use strict";
// Logins with a JWT.

const { client, does, given, me, pick, refuses, root } = require("./told.js");

async function main() {
  await does("enable", () => root.enableAuth({ mount_point: me, type: "jwt", description: "made up" }));
  await does("configure", () => root.write(`auth/${me}/config`, { jwt_validation_pubkeys: [given.pem] }));
  await does("read the configuration", () => root.read(`auth/${me}/config`));
  const role = {
    role_type: "jwt",
    user_claim: "project_id",
    bound_audiences: ["https://vault.example"],
    token_ttl: "10m",
  };
  await does("write a role", () => root.write(`auth/${me}/role/ci`, role));
  await does("read the role", () => root.read(`auth/${me}/role/ci`));

  const worker = client();
  const session = await does("log in", () => worker.jwtLogin({ mount_point: me, role: "ci", jwt: given.jwt }));
  await does("look itself up", () => worker.tokenLookupSelf());
  await does("has the token", async () => worker.token === pick(session, "auth", "client_token"));
  await does("renew itself", () => worker.tokenRenewSelf({ increment: 60 }));
  await does("log out", () => worker.tokenRevokeSelf());
  await refuses("look itself up again", 403, () => worker.tokenLookupSelf());
  await refuses("log in with a wrong role", 400, () =>
    client().jwtLogin({ mount_point: me, role: "nothing", jwt: given.jwt }),
  );
  await refuses("log in with no JWT", 400, () => client().jwtLogin({ mount_point: me, role: "ci", jwt: "a.b.c" }));
  await does("disable", () => root.disableAuth({ mount_point: me }));
}

main();
