// express with express-openapi-validator: the document is checked, a token by jsonwebtoken.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const express = require('express');
const jwt = require('jsonwebtoken');
const validator = require('express-openapi-validator');

const told = JSON.parse(fs.readFileSync(process.env.BENCH_TOLD));
// a key object: jsonwebtoken reads a PEM text anew at each request
const key = crypto.createPublicKey(
  fs.readFileSync(path.join(process.env.BENCH_KEYS, 'public.pem')));
const wanted = {
  algorithms: ['RS256'],
  issuer: process.env.BENCH_ISSUER,
  audience: process.env.BENCH_AUDIENCE,
};

function refusal(status, message) {
  return Object.assign(new Error(message), { status });
}

function oauth2(request, scopes) {
  const [kind, token] = (request.headers.authorization || '').split(' ');
  if (kind.toLowerCase() !== 'bearer') throw refusal(401, 'no token');
  let claims;
  try {
    claims = jwt.verify(token, key, wanted);
  } catch (error) {
    throw refusal(401, error.message);
  }
  const held = new Set((claims.scope || '').split(' '));
  if (!scopes.every((scope) => held.has(scope))) throw refusal(403, 'insufficient scope');
  return true;
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json());
app.use(validator.middleware({
  apiSpec: process.env.BENCH_DOCUMENT,
  validateRequests: true,
  validateResponses: false,
  validateSecurity: { handlers: { oauth2 } },
}));
app.get('/songs', (request, response) => response.json(told.songs));
app.post('/songs', (request, response) =>
  response.status(201).json({ id: told.added.id, ...request.body }));
app.use((error, request, response, next) =>
  response.status(error.status || 500).json({ detail: error.message }));
app.listen(told.port, '127.0.0.1');
