// The client `oauth4webapi` against an authorization server: one function a question.
import * as oauth from "oauth4webapi";
import { serve, visit } from "./dialogue.mjs";

const http = { [oauth.allowInsecureRequests]: true };

async function discover({ issuer }) {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm: "oauth2", ...http });
  return oauth.processDiscoveryResponse(url, response);
}

async function meet(given) {
  const { client_id, client_secret, method } = given;
  const secrets = {
    client_secret_basic: oauth.ClientSecretBasic,
    client_secret_post: oauth.ClientSecretPost,
  };
  const auth = client_secret ? secrets[method](client_secret) : oauth.None();
  return { as: await discover(given), client: { client_id }, auth };
}

serve({
  metadata: discover,

  async resource({ resource }) {
    const url = new URL(resource);
    const response = await oauth.resourceDiscoveryRequest(url, http);
    return oauth.processResourceDiscoveryResponse(url, response);
  },

  async code(given) {
    const { as, client, auth } = await meet(given);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const url = new URL(as.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: "code",
      redirect_uri: given.redirect_uri,
      scope: given.scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
    const back = oauth.validateAuthResponse(as, client, await visit(url), state);
    const response = await oauth.authorizationCodeGrantRequest(
      as, client, auth, back, given.redirect_uri, verifier, http,
    );
    return oauth.processAuthorizationCodeResponse(as, client, response);
  },

  async client_credentials(given) {
    const { as, client, auth } = await meet(given);
    const parameters = { scope: given.scope };
    const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, http);
    return oauth.processClientCredentialsResponse(as, client, response);
  },

  async refresh(given) {
    const { as, client, auth } = await meet(given);
    const response = await oauth.refreshTokenGrantRequest(as, client, auth, given.token, http);
    return oauth.processRefreshTokenResponse(as, client, response);
  },

  async device(given) {
    const { as, client, auth } = await meet(given);
    const asked = await oauth.deviceAuthorizationRequest(
      as, client, auth, { scope: given.scope }, http,
    );
    const told = await oauth.processDeviceAuthorizationResponse(as, client, asked);
    await visit(told.verification_uri, told.user_code);
    const response = await oauth.deviceCodeGrantRequest(as, client, auth, told.device_code, http);
    return oauth.processDeviceCodeResponse(as, client, response);
  },

  async revoke(given) {
    const { as, client, auth } = await meet(given);
    const response = await oauth.revocationRequest(as, client, auth, given.token, http);
    await oauth.processRevocationResponse(response);
  },

  async introspect(given) {
    const { as, client, auth } = await meet(given);
    const response = await oauth.introspectionRequest(as, client, auth, given.token, http);
    return oauth.processIntrospectionResponse(as, client, response);
  },

  // A resource server of its own: reads the token with the keys that the metadata names.
  async claims(given) {
    const headers = { authorization: `Bearer ${given.token}` };
    const request = new Request(given.resource, { headers });
    return oauth.validateJwtAccessToken(await discover(given), request, given.audience, http);
  },

  // A refused token is a fault with the code of the challenge, which it has to be able to read.
  async call({ token, url }) {
    const response = await oauth.protectedResourceRequest(
      token, "GET", new URL(url), undefined, undefined, http,
    );
    return response.status;
  },
});
