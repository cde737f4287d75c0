// The client `openid-client` against an authorization server: one function a question.
import * as client from "openid-client";
import { serve, visit } from "./dialogue.mjs";

function discover({ issuer, client_id, client_secret, method }) {
  const secrets = {
    client_secret_basic: client.ClientSecretBasic,
    client_secret_post: client.ClientSecretPost,
  };
  const auth = client_secret ? secrets[method](client_secret) : client.None();
  const plain = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };
  return client.discovery(new URL(issuer), client_id, undefined, auth, plain);
}

serve({
  metadata: async (given) => (await discover(given)).serverMetadata(),

  async code(given) {
    const config = await discover(given);
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: given.redirect_uri,
      scope: given.scope,
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    return client.authorizationCodeGrant(config, await visit(url), checks);
  },

  client_credentials: async (given) =>
    client.clientCredentialsGrant(await discover(given), { scope: given.scope }),

  refresh: async (given) => client.refreshTokenGrant(await discover(given), given.token),

  async device(given) {
    const config = await discover(given);
    const told = await client.initiateDeviceAuthorization(config, { scope: given.scope });
    await visit(told.verification_uri_complete ?? told.verification_uri, told.user_code);
    // The user has answered already: there is no need to wait first.
    return client.pollDeviceAuthorizationGrant(config, { ...told, interval: 0.05 });
  },

  revoke: async (given) => client.tokenRevocation(await discover(given), given.token),

  introspect: async (given) => client.tokenIntrospection(await discover(given), given.token),

  async call(given) {
    const config = await discover(given);
    const url = new URL(given.url);
    return (await client.fetchProtectedResource(config, given.token, url, "GET")).status;
  },
});
