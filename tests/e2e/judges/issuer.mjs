// An authorization server that no one here wrote: oidc-provider on a port of its own.
//
// Prints one line of JSON when it listens. Besides the protocol it answers, under /test/, what a
// test cannot get without a person at a browser: an ID token, and other signing keys.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const FORMATS = {
  "https://orders.example": "jwt",
  "https://other.example": "jwt",
  "https://opaque.example": "opaque",
};

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

function client(id) {
  return {
    client_id: id,
    client_secret: `${id}:secret%`,
    grant_types: ["client_credentials"],
    response_types: [],
    redirect_uris: [],
  };
}

function provider(issuer) {
  return new Provider(issuer, {
    clients: [client("worker"), client("api: orders"), client("https://orders.example")],
    jwks: { keys: [signingKey()] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: "orders:read orders:write",
          audience: resource,
          accessTokenTTL: 300,
          accessTokenFormat: FORMATS[resource],
        }),
      },
    },
  });
}

// For the client whose name is the API's: the nearest that an ID token can come to a token for it.
async function idToken(current) {
  const client = await current.Client.find("https://orders.example");
  const token = new current.IdToken({}, { client });
  token.set("sub", "alice");
  token.set("nonce", "n");
  token.set("client_id", "https://orders.example");
  return token.issue({ use: "idtoken" });
}

const server = createServer();
process.stdin.on("end", () => process.exit(0)).resume();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let current = provider(issuer);
  server.on("request", async (request, response) => {
    if (request.url === "/test/rotate") {
      current = provider(issuer);
      response.end("rotated");
    } else if (request.url === "/test/id-token") {
      response.end(await idToken(current));
    } else {
      current.callback()(request, response);
    }
  });
  console.log(JSON.stringify({ issuer }));
});
