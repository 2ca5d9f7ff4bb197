// Signs in, refreshes, verifies and revokes with oauth4webapi and jose as they come.
// Arguments: where the shop is, a name to sign in with, the password.
import { strict as assert } from "node:assert";
import * as jose from "jose";
import * as oauth from "oauth4webapi";

const [url, username, password] = process.argv.slice(2);
const client = { client_id: "vitrina" };
const { issuer } = await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json();

// The shop calls itself by its public address; here it may have another.
const reach = (address, options) => fetch(String(address).replace(issuer, url), options);
const options = { [oauth.customFetch]: reach, [oauth.allowInsecureRequests]: true };

const server = await oauth.processDiscoveryResponse(
  new URL(issuer),
  await oauth.discoveryRequest(new URL(issuer), { ...options, algorithm: "oauth2" }),
);

async function signIn() {
  const form = { username, password };
  const response = await oauth.genericTokenEndpointRequest(
    server, client, oauth.None(), "password", form, options,
  );
  return oauth.processGenericTokenEndpointResponse(server, client, response);
}

async function refresh(token) {
  const response = await oauth.refreshTokenGrantRequest(
    server, client, oauth.None(), token, options,
  );
  return oauth.processRefreshTokenResponse(server, client, response);
}

const keys = jose.createRemoteJWKSet(new URL(server.jwks_uri), { [jose.customFetch]: reach });

async function verify(token) {
  const { payload, protectedHeader } = await jose.jwtVerify(token, keys, {
    algorithms: ["RS256"], audience: "vitrina", issuer, typ: "at+jwt",
  });
  assert.equal(payload.client_id, client.client_id);
  assert.match(protectedHeader.kid, /^[\w-]{43}$/);
  const request = new Request(url, { headers: { Authorization: `Bearer ${token}` } });
  const claims = await oauth.validateJwtAccessToken(server, request, "vitrina", options);
  assert.equal(claims.sub, payload.sub); // as RFC 9068 wants it, too
}

const first = await signIn();
await verify(first.access_token);
const second = await refresh(first.refresh_token);
await verify(second.access_token);
assert.notEqual(second.refresh_token, first.refresh_token);
const headers = { Authorization: `Bearer ${second.access_token}` };
assert.equal((await fetch(`${url}/api/v1/users/me`, { headers })).status, 200);

await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, oauth.None(), second.refresh_token, options),
);
await assert.rejects(refresh(second.refresh_token), { error: "invalid_grant" });
