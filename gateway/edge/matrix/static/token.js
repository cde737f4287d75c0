// What a token says of itself. It is read in this page alone, and nothing of it is verified.

// The claims of a JWT (RFC 7519), or undefined if the text is none.
export function claimsOf(text) {
  const parts = text.trim().replace(/^bearer\s+/i, "").split(".");
  if (parts.length !== 3) return undefined;
  try {
    const octets = atob(parts[1].replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(octets, (octet) => octet.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return claims && typeof claims === "object" && !Array.isArray(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

// The names in one claim: a text with blanks between them, or a list of texts.
export function namesIn(value) {
  const list = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
  return list.filter((name) => typeof name === "string" && name);
}

// Of schemes with the issuer and audience that each trusts, those that a token is for, and why the
// gateway would refuse it all the same.
export function addressed(claims, schemes, now) {
  const audiences = namesIn(typeof claims.aud === "string" ? [claims.aud] : claims.aud);
  const trusting = schemes.filter(({ issuer }) => issuer === claims.iss);
  const meant = trusting.filter(({ audience }) => audiences.includes(audience));
  const faults = [];
  if (!trusting.length) faults.push("no scheme here trusts its issuer");
  else if (!meant.length) faults.push(`it is not for ${trusting[0].audience}`);
  if (typeof claims.exp !== "number") faults.push("it has no time of expiry");
  else if (claims.exp <= now) faults.push(`it expired ${moment(claims.exp)}`);
  if (typeof claims.nbf === "number" && claims.nbf > now) faults.push("it is not valid yet");
  return { schemes: meant.length ? meant : trusting, faults };
}

// A time to the minute.
export function moment(seconds) {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "at no time" : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
