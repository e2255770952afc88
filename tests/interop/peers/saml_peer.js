// samlify and node-saml as ends of an eIDAS login; NODE_PATH names the folder that has them.
// Reads one JSON object, {peer, ...}, from each line and writes one line for it.
"use strict";

const ATTRIBUTES = "http://eidas.europa.eu/attributes/naturalperson/";

async function samlifySp(given) {
  const samlify = require("samlify");
  samlify.setSchemaValidator({ validate: async () => "not looked at by this peer" });
  const idp = samlify.IdentityProvider({ metadata: given.node, isAssertionEncrypted: true });
  const sp = samlify.ServiceProvider({
    metadata: given.portal,
    encPrivateKey: given.key,
    isAssertionEncrypted: true,
    wantMessageSigned: true,
    messageSigningOrder: "encrypt-then-sign",
  });
  const body = { SAMLResponse: given.response };
  const { extract } = await sp.parseLoginResponse(idp, "post", { body });
  return { name: extract.attributes[ATTRIBUTES + "CurrentFamilyName"] };
}

function nodeSaml(given) {
  const { SAML } = require("@node-saml/node-saml");
  return new SAML({
    idpCert: given.nodeCertificate,
    issuer: given.entity,
    callbackUrl: given.consumer,
    entryPoint: given.address,
    audience: given.entity,
    decryptionPvk: given.key,
    privateKey: given.key,
    signatureAlgorithm: given.signature || "sha256",
    digestAlgorithm: "sha256",
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: false,
    validateInResponseTo: "never",
    forceAuthn: true,
    racComparison: "minimum",
    authnContext: [given.level],
    identifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    authnRequestBinding: "HTTP-POST",
    disableRequestAcsUrl: true,
    skipRequestCompression: true,
    samlAuthnRequestExtensions: given.extensions,
  });
}

async function nodeSamlSp(given) {
  const container = { SAMLResponse: given.response };
  const { profile } = await nodeSaml(given).validatePostResponseAsync(container);
  const value = profile.attributes[ATTRIBUTES + "CurrentFamilyName"];
  return { name: typeof value === "object" ? value._ : value };
}

async function nodeSamlRequest(given) {
  const form = await nodeSaml(given).getAuthorizeMessageAsync("", "", {});
  return { request: form.SAMLRequest };
}

// The node's end: read our request, answer it with the assertion that the test wrote.
async function samlifyIdp(given) {
  const samlify = require("samlify");
  samlify.setSchemaValidator({ validate: async () => "not looked at by this peer" });
  const sp = samlify.ServiceProvider({ metadata: given.portal });
  const idp = samlify.IdentityProvider({
    metadata: given.node,
    privateKey: given.key,
    isAssertionEncrypted: true,
    wantAuthnRequestsSigned: true,
    messageSigningOrder: "encrypt-then-sign",
    requestSignatureAlgorithm: given.signature,
    dataEncryptionAlgorithm: given.content,
    keyEncryptionAlgorithm: "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    loginResponseTemplate: { context: given.template, attributes: [] },
  });
  const request = { body: { SAMLRequest: given.request } };
  const info = await idp.parseLoginRequest(sp, "post", request);
  const made = await idp.createLoginResponse(sp, info, "post", {}, {
    customTagReplacement: (template) => ({ id: given.responseId, context: template }),
    encryptThenSign: true,
  });
  return { response: made.context, asked: info.extract.request.id };
}

const PEERS = {
  "samlify SP": samlifySp,
  "node-saml SP": nodeSamlSp,
  "node-saml request": nodeSamlRequest,
  "samlify IdP": samlifyIdp,
};

async function answer(line) {
  const given = JSON.parse(line);
  try {
    return await PEERS[given.peer](given);
  } catch (error) {
    return { refused: String(error.message || error) };
  }
}

async function main() {
  const lines = require("readline").createInterface({ input: process.stdin });
  for await (const line of lines) process.stdout.write(JSON.stringify(await answer(line)) + "\n");
}

main();
