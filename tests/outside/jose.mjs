// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokens signed by npm jose, and forged from what it signed, against Condyle's verifier with keys read from a real
// server. usage: jose.mjs VERIFY-TOOL
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { base64url, exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';

const CALLED = 'https://cds.example/cds-services/runner';
const ISSUER = 'https://ehr.example';
const text = new TextEncoder();

async function keys(alg, kid, extra = {}) {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { ...pair, kid, alg, jwk: { ...(await exportJWK(pair.publicKey)), kid, ...extra }, pem: await exportSPKI(pair.publicKey) };
}

const ec = await keys('ES384', 'ec-1', { use: 'sig', alg: 'ES384' });
const rsa = await keys('RS384', 'rsa-1', { use: 'sig' });
const p256 = await keys('ES256', 'p256-1');
const p521 = await keys('ES512', 'p521-1');
const attacker = await keys('ES384', 'ec-1');
const pinned = await keys('ES384', 'pinned-1');

// The client's server of keys. A second path is the attacker's, as if they had found a way to write there.
let asked = 0;
const server = createServer((request, response) => {
  asked += 1;
  const sets = {
    '/jwks.json': [ec.jwk, rsa.jwk, p256.jwk, p521.jwk],
    '/uploads/jwks.json': [attacker.jwk],
    '/tenants/north.json': [ec.jwk],
  };
  const set = sets[request.url];
  response.writeHead(set ? 200 : 404, { 'content-type': 'application/jwk-set+json' });
  response.end(set ? JSON.stringify({ keys: set }) : '');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${server.address().port}`;

const folder = mkdtempSync(join(tmpdir(), 'condyle-jose-'));
const trust = join(folder, 'trust.json');
writeFileSync(trust, JSON.stringify({
  issuers: [
    { iss: ISSUER, jwks_urls: [`${base}/jwks.json`, `${base}/tenants/*`], private_addresses: true },
    { iss: 'https://pinned.example', jwks: { keys: [pinned.jwk] }, tenants: ['north'] },
  ],
}));

const tool = spawn(process.argv[2], [trust], { stdio: ['pipe', 'pipe', 'pipe'] });
let said = '';
tool.stderr.on('data', (bytes) => { said += bytes; });
const lines = createInterface({ input: tool.stdout })[Symbol.asyncIterator]();
async function verdict(token, url = CALLED) {
  tool.stdin.write(`${url}\t${token === null ? '' : `Bearer ${token}`}\n`);
  const line = await lines.next();
  return line.done ? 'the verifier ended' : line.value;
}

const now = () => Math.floor(Date.now() / 1000);
const header = (of, more = {}) => ({ alg: of.alg, kid: of.kid, typ: 'JWT', jku: `${base}/jwks.json`, ...more });
const claims = (more = {}) => {
  const all = { iss: ISSUER, aud: CALLED, iat: now(), exp: now() + 240, jti: randomUUID(), ...more };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};
const sign = (of, its_header = header(of), its_claims = claims()) =>
  new SignJWT(its_claims).setProtectedHeader(its_header).sign(of.privateKey);
const encode = (object) => base64url.encode(text.encode(JSON.stringify(object)));
// What no honest signer makes: an HMAC under a header that names another algorithm.
const hmac = (its_header, secret) => {
  const signed = `${encode(its_header)}.${encode(claims())}`;
  return `${signed}.${createHmac('sha384', secret).update(signed).digest('base64url')}`;
};
const parts = (token) => token.split('.');

const OK = `ok ${ISSUER} - -`;
const refused = (code, status = 401) => `refused ${code} ${status}`;
const good = await sign(ec);
const [good_header, good_claims, good_signature] = parts(await sign(ec));
const flipped = Buffer.from(good_signature, 'base64url');
flipped[50] ^= 1;

const cases = [
  ['good ES384', good, OK],
  ['the same again', good, refused('replayed')],
  ['good RS384', await sign(rsa), OK],
  ['good, aud a list', await sign(ec, header(ec), claims({ aud: ['https://other.example', CALLED] })), OK],
  ['good, tenant and sub', await sign(ec, header(ec), claims({ tenant: 'north', sub: 'Practitioner/1' })), `ok ${ISSUER} north Practitioner/1`],
  ['good, without jku', await sign(ec, header(ec, { jku: undefined })), OK],
  ['good, jku below the prefix', await sign(ec, header(ec, { jku: `${base}/tenants/north.json` })), OK],
  ['good, keys out of band', await sign(pinned, header(pinned, { jku: undefined }), claims({ iss: 'https://pinned.example', tenant: 'north' })), 'ok https://pinned.example north -'],
  ['another tenant', await sign(pinned, header(pinned, { jku: undefined }), claims({ iss: 'https://pinned.example', tenant: 'east' })), refused('unknown_tenant', 403)],
  ['one issuer with the key of another', await sign(ec, header(ec, { jku: undefined }), claims({ iss: 'https://pinned.example', tenant: 'north' })), refused('unknown_key')],
  ['no token', null, refused('no_token')],
  ['expired', await sign(ec, header(ec), claims({ iat: now() - 400, exp: now() - 120 })), refused('expired')],
  ['expired, within the leeway', await sign(ec, header(ec), claims({ iat: now() - 200, exp: now() - 20 })), OK],
  ['not yet valid', await sign(ec, header(ec), claims({ nbf: now() + 120 })), refused('not_yet_valid')],
  ['of the future', await sign(ec, header(ec), claims({ iat: now() + 120, exp: now() + 200 })), refused('issued_in_future')],
  ['an hour of life', await sign(ec, header(ec), claims({ exp: now() + 3600 })), refused('lives_too_long')],
  ['wrong aud', await sign(ec, header(ec), claims({ aud: 'https://cds.example/cds-services/other' })), refused('wrong_audience')],
  ['no aud', await sign(ec, header(ec), claims({ aud: undefined })), refused('bad_claims')],
  ['no jti', await sign(ec, header(ec), claims({ jti: undefined })), refused('bad_claims')],
  ['no iat', await sign(ec, header(ec), claims({ iat: undefined })), refused('bad_claims')],
  ['no exp', await sign(ec, header(ec), claims({ exp: undefined })), refused('bad_claims')],
  ['no kid', await sign(ec, header(ec, { kid: undefined })), refused('bad_header')],
  ['no typ', await sign(ec, header(ec, { typ: undefined })), refused('bad_header')],
  ['unknown issuer', await sign(ec, header(ec), claims({ iss: 'https://evil.example' })), refused('unknown_issuer')],
  ['unknown kid', await sign(ec, header(ec, { kid: 'other' })), refused('unknown_key')],
  ['wrong jku', await sign(attacker, header(attacker, { jku: `${base}/uploads/jwks.json` })), refused('untrusted_jku')],
  ['jku that climbs out of the prefix', await sign(attacker, header(attacker, { jku: `${base}/tenants/../uploads/jwks.json` })), refused('untrusted_jku')],
  ['its own key in the header', await sign(attacker, header(attacker, { jwk: attacker.jwk })), refused('bad_signature')],
  ['another key under a known kid', await sign(attacker), refused('bad_signature')],
  ['payload exchanged', `${good_header}.${encode(claims({ sub: 'Practitioner/2' }))}.${good_signature}`, refused('bad_signature')],
  ['header exchanged', `${encode(header(rsa))}.${good_claims}.${good_signature}`, refused('bad_signature')],
  ['signature with a bit flipped', `${good_header}.${good_claims}.${flipped.toString('base64url')}`, refused('bad_signature')],
  ['no signature', `${good_header}.${good_claims}.`, refused('bad_signature')],
  ['padded', `${good_header}.${good_claims}.${good_signature}==`, refused('malformed')],
  ['none', new UnsecuredJWT(claims()).encode(), refused('unsigned')],
  ['none, with a kid', `${encode({ ...header(ec), alg: 'none' })}.${encode(claims())}.`, refused('unsigned')],
  ['HS256', await new SignJWT(claims()).setProtectedHeader({ ...header(ec), alg: 'HS256' }).sign(text.encode('a secret of at least 32 bytes....')), refused('symmetric')],
  ['HS256, the public key as secret', await new SignJWT(claims()).setProtectedHeader({ ...header(rsa), alg: 'HS256' }).sign(text.encode(rsa.pem)), refused('symmetric')],
  ['RS384 that is an HMAC with the public key', hmac(header(rsa), rsa.pem), refused('bad_signature')],
  ['ES384 that is an HMAC with the public key', hmac(header(ec), ec.pem), refused('bad_signature')],
  ['ES256, not allowed', await sign(p256), refused('algorithm_not_allowed')],
  ['ES512, not allowed', await sign(p521), refused('algorithm_not_allowed')],
  ['ES384 with the kid of an RSA key', await sign(ec, header(ec, { kid: rsa.kid })), refused('wrong_key_type')],
  ['RS384 with the kid of an EC key', await sign(rsa, header(rsa, { kid: ec.kid })), refused('wrong_key_type')],
  ['crit', await new SignJWT(claims()).setProtectedHeader({ ...header(ec), crit: ['urn:x'], 'urn:x': 1 }).sign(ec.privateKey, { crit: { 'urn:x': true } }), refused('critical')],
  ['good, another URL called', await sign(ec), refused('wrong_audience'), 'https://cds.example/cds-services/runner/feedback'],
  ['good, called with a slash and a query', await sign(ec), OK, `${CALLED}/?v=1`],
];

let failed = 0;
for (const [name, token, wanted, url] of cases) {
  const got = await verdict(token, url);
  if (got !== wanted) failed += 1;
  console.log(`${got === wanted ? 'ok  ' : 'FAIL'} ${name}: ${got}${got === wanted ? '' : `, wanted ${wanted}`}`);
}
// Invented key ids do not make it hammer the client's server.
const before = asked;
for (let i = 0; i < 50; i += 1) await verdict(await sign(ec, header(ec, { kid: `invented-${i}` })));
const again = asked - before;
if (before > 3 || again > 1) failed += 1;
console.log(`${before > 3 || again > 1 ? 'FAIL' : 'ok  '} keys were read ${before} times, for 50 invented kids ${again} times more`);

tool.stdin.end();
const code = await new Promise((ended) => tool.on('close', ended));
server.close();
rmSync(folder, { recursive: true });
if (code !== 0) console.log(`the verifier ended with ${code}: ${said}`);
console.log(`${cases.length + 1 - failed} of ${cases.length + 1} as wanted`);
process.exitCode = failed === 0 && code === 0 ? 0 : 1;
