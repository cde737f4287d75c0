// Starts Swagger UI on the document, and tells it where to log in.
import { tellAccess } from "./access.js";

// A public client has no secret; an empty one would be another way to authenticate.
function withoutSecret(request) {
  if (typeof request.body === "string" && request.body.includes("code_verifier=")) {
    const form = new URLSearchParams(request.body);
    if (!form.get("client_secret")) form.delete("client_secret");
    request.body = form.toString();
  }
  return request;
}

function start({ access, login }) {
  const ui = window.SwaggerUIBundle({
    url: "/docs/document.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    validatorUrl: null,
    queryConfigEnabled: false,
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [tellAccess(access)],
    oauth2RedirectUrl: login?.redirectUrl,
    requestInterceptor: withoutSecret,
  });
  if (!login) return;
  window.scopegateIssuer = login.issuer;
  ui.initOAuth({ clientId: login.clientId, usePkceWithAuthorizationCodeGrant: true });
  const there = new URL(login.redirectUrl);
  if (there.origin !== location.origin) {
    document.getElementById("public").href = `${there.origin}/docs`;
    document.getElementById("elsewhere").hidden = false;
  }
}

try {
  const answer = await fetch("/docs/settings.json");
  if (!answer.ok) throw new Error(`/docs/settings.json answered ${answer.status}`);
  start(await answer.json());
} catch (fault) {
  const told = document.getElementById("failed");
  told.textContent = `This page cannot be shown: ${fault.message}. Load it again.`;
  told.hidden = false;
}
