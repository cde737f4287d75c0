// Hands what the authorization endpoint answered to the window that asked, and closes this one.

function tell(text) {
  document.getElementById("told").textContent = text;
}

// Why an answer is not the one that was asked for; undefined if it is.
function objection(answer, asked, issuer) {
  if (answer.get("state") !== asked.state) return "The answer is not to the question of this page.";
  if (answer.has("iss") && answer.get("iss") !== issuer) return "The answer is of another issuer.";
  if (answer.get("error")) return `${answer.get("error")}: ${answer.get("error_description") ?? "nothing was granted"}`;
  return answer.get("code") ? undefined : "There is no code in the answer.";
}

function handOver(asked, issuer) {
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, "", location.pathname); // the code stays in no history
  const message = objection(answer, asked, issuer);
  if (message) {
    asked.errCb({ authId: asked.auth.name, source: "auth", level: "error", message });
  } else {
    delete asked.state;
    asked.auth.code = answer.get("code");
    asked.callback({ auth: asked.auth, redirectUrl: asked.redirectUrl });
  }
  window.close();
}

const asked = window.opener?.swaggerUIRedirectOauth2;
if (asked) handOver(asked, window.opener.scopegateIssuer);
else tell("No window waits for this answer. Open the documentation and authorize again.");
