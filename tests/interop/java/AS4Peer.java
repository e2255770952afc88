// A peer for tests: Apache Santuario opens, or seals, the WS-Security of one AS4 message.
// Usage: open RECIPIENT_KEY_DER SENDER_CERTIFICATE_DER FOLDER
//        seal SENDER_KEY_DER SENDER_CERTIFICATE_DER FOLDER RECIPIENT_CERTIFICATE_DER
// FOLDER holds root.xml and one file per attachment, named by its content id; the answer lies in
// FOLDER/made, in the same form. Keys: RSA, or those of eDelivery AS4 2.0 (AS4Curves). Exit status 3: the signature does not hold.
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.algorithms.SignatureAlgorithm;
import org.apache.xml.security.c14n.Canonicalizer;
import org.apache.xml.security.encryption.EncryptedKey;
import org.apache.xml.security.encryption.XMLCipher;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.signature.XMLSignatureInput;
import org.apache.xml.security.transforms.Transform;
import org.apache.xml.security.transforms.TransformSpi;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.transforms.params.InclusiveNamespaces;
import org.apache.xml.security.utils.Constants;
import org.apache.xml.security.utils.EncryptionConstants;
import org.apache.xml.security.utils.XMLUtils;
import org.apache.xml.security.utils.resolver.ResourceResolverContext;
import org.apache.xml.security.utils.resolver.ResourceResolverSpi;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class AS4Peer {
  static final String EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/";
  static final String SOAP = "http://www.w3.org/2003/05/soap-envelope";
  static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
  static final String WSSE = WSS + "wssecurity-secext-1.0.xsd";
  static final String WSU = WSS + "wssecurity-utility-1.0.xsd";
  static final String SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#";
  static final String WSSE11 =
      "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd";
  static final String KEY_TOKEN =
      "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey";
  static final String SIGNED = SWA + "Attachment-Content-Signature-Transform";
  static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
  static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
  static final String MGF = "http://www.w3.org/2009/xmlenc11#mgf1sha256";
  static final String XENC = EncryptionConstants.EncryptionSpecNS;
  static final String DS = Constants.SignatureSpecNS;

  record Part(byte[] octets, String label) {}

  static final Map<String, Part> PARTS = new TreeMap<>();

  public static void main(String[] arguments) throws Exception {
    Init.init();
    Transform.register(SIGNED, AttachmentContent.class);
    SignatureAlgorithm.register(AS4Curves.ED25519, AS4Curves.Ed25519.class);
    Path folder = Path.of(arguments[3]);
    PrivateKey key = privateKey(Files.readAllBytes(Path.of(arguments[1])));
    X509Certificate sender = certificate(arguments[2]);
    Document document = parsed(folder.resolve("root.xml"));
    Files.createDirectories(folder.resolve("made"));
    if (arguments[0].equals("open")) {
      open(document, folder, key, sender);
    } else {
      seal(document, folder, key, sender, certificate(arguments[4]));
    }
  }

  static PrivateKey privateKey(byte[] encoded) throws Exception {
    for (String kind : new String[] {"RSA", "EC", "Ed25519", "X25519"}) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException another) {
        continue;
      }
    }
    throw new IllegalArgumentException("a key of another kind");
  }

  static X509Certificate certificate(String path) throws Exception {
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(path))));
  }

  static Document parsed(Path path) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document = factory.newDocumentBuilder().parse(path.toFile());
    for (String name : new String[] {"Messaging", "Body"}) {
      only(document, name.equals("Body") ? SOAP : EB, name).setIdAttributeNS(WSU, "Id", true);
    }
    return document;
  }

  static Element only(Document document, String namespace, String name) {
    NodeList found = document.getElementsByTagNameNS(namespace, name);
    if (found.getLength() != 1) {
      throw new IllegalArgumentException(found.getLength() + " times " + name);
    }
    return (Element) found.item(0);
  }

  // Receiving: unwrap the content key, decrypt each attachment, then check every reference.
  static void open(Document document, Path folder, PrivateKey key, X509Certificate sender)
      throws Exception {
    NodeList sealed = document.getElementsByTagNameNS(XENC, "EncryptedData");
    if (sealed.getLength() > 0) {
      Element encrypted = only(document, XENC, "EncryptedKey");
      SecretKey content = encrypted.getElementsByTagNameNS(XENC, "AgreementMethod").getLength() > 0
          ? AS4Curves.agreed(encrypted, key) : transported(document, encrypted, key);
      for (int at = 0; at < sealed.getLength(); at++) {
        Element data = (Element) sealed.item(at);
        Element cipher =
            (Element) data.getElementsByTagNameNS(XENC, "CipherReference").item(0);
        String name = cipher.getAttribute("URI").substring("cid:".length());
        byte[] octets = Files.readAllBytes(folder.resolve(name));
        PARTS.put(name, new Part(gcm(Cipher.DECRYPT_MODE, content, octets),
            data.getAttribute("MimeType")));
      }
    }
    XMLSignature signature =
        new XMLSignature(only(document, DS, "Signature"), "", false);
    signature.addResourceResolver(new Attachments());
    if (!signature.checkSignatureValue(sender.getPublicKey())) {
      System.exit(3);
    }
    for (int at = 0; at < signature.getSignedInfo().getLength(); at++) {
      System.out.println(signature.getSignedInfo().item(at).getURI());
    }
    for (var part : PARTS.entrySet()) {
      byte[] octets = part.getValue().octets();
      if (part.getValue().label().equals("application/gzip")) {
        octets = new GZIPInputStream(new ByteArrayInputStream(octets)).readAllBytes();
      }
      Files.write(folder.resolve("made").resolve(part.getKey()), octets);
    }
  }

  static SecretKey transported(Document document, Element encrypted, PrivateKey key)
      throws Exception {
    XMLCipher wrapper = XMLCipher.getInstance();
    wrapper.init(XMLCipher.UNWRAP_MODE, key);
    EncryptedKey wrapped = wrapper.loadEncryptedKey(document, encrypted);
    return (SecretKey) wrapper.decryptKey(wrapped, XMLCipher.AES_128_GCM);
  }

  // Sending: compress, sign, encrypt.
  static void seal(Document document, Path folder, PrivateKey key, X509Certificate sender,
      X509Certificate recipient) throws Exception {
    try (var files = Files.list(folder)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        String name = path.getFileName().toString();
        if (!name.equals("root.xml")) {
          PARTS.put(name, new Part(gzip(Files.readAllBytes(path)), "application/gzip"));
        }
      }
    }
    Element header = (Element) document.getElementsByTagNameNS(SOAP, "Header").item(0);
    Element security = child(header, WSSE, "wsse:Security");
    security.setAttributeNS(SOAP, "env:mustUnderstand", "true");
    for (var named : Map.of("wsse", WSSE, "wsse11", WSSE11, "xenc", XENC, "ds", DS, "xenc11",
        AS4Curves.XENC11, "dsig11", AS4Curves.DSIG11, "more", AS4Curves.MORE).entrySet()) {
      security.setAttributeNS(
          Constants.NamespaceSpecNS, "xmlns:" + named.getKey(), named.getValue());
    }
    XMLSignature signature = sign(document, security, key, sender);
    encrypt(document, security, signature.getElement().getPreviousSibling(), folder, recipient);
    try (OutputStream out = Files.newOutputStream(folder.resolve("made").resolve("root.xml"))) {
      XMLUtils.outputDOM(document, out, false);
    }
  }

  static XMLSignature sign(Document document, Element security, PrivateKey key,
      X509Certificate sender) throws Exception {
    Element token = token(document, security, "X509-S", sender);
    XMLSignature signature = new XMLSignature(
        document, "", AS4Curves.signatureMethod(key), EXCLUSIVE);
    signature.addResourceResolver(new Attachments());
    security.appendChild(signature.getElement());
    for (Element element : new Element[] {only(document, EB, "Messaging"),
        only(document, SOAP, "Body")}) {
      Transforms transforms = new Transforms(document);
      transforms.addTransform(EXCLUSIVE,
          new InclusiveNamespaces(document, Set.of("env")).getElement());
      signature.addDocument("#" + element.getAttributeNS(WSU, "Id"), transforms, SHA256);
    }
    for (String name : PARTS.keySet()) {
      Transforms transforms = new Transforms(document);
      transforms.addTransform(SIGNED);
      signature.addDocument("cid:" + name, transforms, SHA256);
    }
    signature.getKeyInfo().addUnknownElement(reference(document, "#X509-S", token));
    signature.sign(key);
    return signature;
  }

  static void encrypt(Document document, Element security, org.w3c.dom.Node before, Path folder,
      X509Certificate recipient) throws Exception {
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    SecretKey content = new SecretKeySpec(secret, "AES");
    Element shown = token(document, security, "X509-R", recipient);
    security.insertBefore(shown, before);
    Element named = reference(document, "#X509-R", shown);
    Element wrapped = recipient.getPublicKey().getAlgorithm().equals("RSA")
        ? transport(document, content, recipient, named)
        : AS4Curves.agree(document, content, recipient.getPublicKey(), named);
    wrapped.setAttributeNS(null, "Id", "EK-1");
    security.insertBefore(wrapped, before);
    Element list = child(wrapped, XENC, "xenc:ReferenceList");
    int number = 0;
    for (var part : PARTS.entrySet()) {
      child(list, XENC, "xenc:DataReference").setAttributeNS(null, "URI", "#ED-" + ++number);
      security.insertBefore(sealed(document, number, part.getKey(), part.getValue()), before);
      Files.write(folder.resolve("made").resolve(part.getKey()),
          gcm(Cipher.ENCRYPT_MODE, content, part.getValue().octets()));
    }
  }

  static Element transport(Document document, SecretKey content, X509Certificate recipient,
      Element named) throws Exception {
    XMLCipher wrapper = XMLCipher.getInstance(XMLCipher.RSA_OAEP_11, null, SHA256);
    wrapper.init(XMLCipher.WRAP_MODE, recipient.getPublicKey());
    EncryptedKey wrapped = wrapper.encryptKey(document, content, MGF, null);
    var information = new org.apache.xml.security.keys.KeyInfo(document);
    information.addUnknownElement(named);
    wrapped.setKeyInfo(information);
    return wrapper.martial(document, wrapped);
  }

  static Element sealed(Document document, int number, String name, Part part) {
    Element data = document.createElementNS(XENC, "xenc:EncryptedData");
    data.setAttributeNS(null, "Id", "ED-" + number);
    data.setAttributeNS(null, "MimeType", part.label());
    data.setAttributeNS(null, "Type", SWA + "Attachment-Content-Only");
    child(data, XENC, "xenc:EncryptionMethod")
        .setAttributeNS(null, "Algorithm", XMLCipher.AES_128_GCM);
    Element named = child(child(data, DS, "ds:KeyInfo"), WSSE, "wsse:SecurityTokenReference");
    named.setAttributeNS(WSSE11, "wsse11:TokenType", KEY_TOKEN);
    child(named, WSSE, "wsse:Reference").setAttributeNS(null, "URI", "#EK-1");
    Element cipher = child(child(data, XENC, "xenc:CipherData"), XENC, "xenc:CipherReference");
    cipher.setAttributeNS(null, "URI", "cid:" + name);
    child(child(cipher, XENC, "xenc:Transforms"), DS, "ds:Transform")
        .setAttributeNS(null, "Algorithm", SWA + "Attachment-Ciphertext-Transform");
    return data;
  }

  static Element token(Document document, Element security, String id, X509Certificate shown)
      throws Exception {
    Element token = child(security, WSSE, "wsse:BinarySecurityToken");
    token.setAttributeNS(null, "EncodingType", WSS + "soap-message-security-1.0#Base64Binary");
    token.setAttributeNS(null, "ValueType", WSS + "x509-token-profile-1.0#X509v3");
    token.setAttributeNS(WSU, "wsu:Id", id);
    token.setTextContent(Base64.getEncoder().encodeToString(shown.getEncoded()));
    return token;
  }

  static Element reference(Document document, String uri, Element token) {
    Element named = document.createElementNS(WSSE, "wsse:SecurityTokenReference");
    Element direct = child(named, WSSE, "wsse:Reference");
    direct.setAttributeNS(null, "URI", uri);
    direct.setAttributeNS(null, "ValueType", token.getAttribute("ValueType"));
    return named;
  }

  static Element child(Element parent, String namespace, String name) {
    return (Element) parent.appendChild(
        parent.getOwnerDocument().createElementNS(namespace, name));
  }

  static byte[] gcm(int mode, SecretKey key, byte[] octets) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] iv = new byte[12];
    if (mode == Cipher.DECRYPT_MODE) {
      cipher.init(mode, key, new GCMParameterSpec(128, octets, 0, iv.length));
      return cipher.doFinal(octets, iv.length, octets.length - iv.length);
    }
    new SecureRandom().nextBytes(iv);
    cipher.init(mode, key, new GCMParameterSpec(128, iv));
    var out = new ByteArrayOutputStream();
    out.write(iv);
    out.write(cipher.doFinal(octets));
    return out.toByteArray();
  }

  static byte[] gzip(byte[] octets) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var packed = new GZIPOutputStream(out)) {
      packed.write(octets);
    }
    return out.toByteArray();
  }

  public static class Attachments extends ResourceResolverSpi {
    @Override
    public boolean engineCanResolveURI(ResourceResolverContext context) {
      return context.uriToResolve.startsWith("cid:");
    }

    @Override
    public XMLSignatureInput engineResolveURI(ResourceResolverContext context) {
      Part part = PARTS.get(context.uriToResolve.substring("cid:".length()));
      XMLSignatureInput input = new XMLSignatureInput(part.octets());
      input.setMIMEType(part.label());
      return input;
    }
  }

  // SwA Profile 5.4.4: XML is canonicalised, by the label of the part; other octets stay.
  public static class AttachmentContent extends TransformSpi {
    @Override
    protected String engineGetURI() {
      return SIGNED;
    }

    @Override
    protected XMLSignatureInput enginePerformTransform(
        XMLSignatureInput input, OutputStream out, Transform transform) throws IOException {
      byte[] octets;
      String label = String.valueOf(input.getMIMEType());
      try {
        octets = input.getBytes();
        if (label.matches("text/xml|application/xml|(application|image)/.*\\+xml")) {
          octets = Canonicalizer.getInstance(EXCLUSIVE).canonicalize(octets);
        }
      } catch (Exception error) {
        throw new IOException(error);
      }
      if (out == null) {
        return new XMLSignatureInput(octets);
      }
      out.write(octets);
      XMLSignatureInput written = new XMLSignatureInput((byte[]) null);
      written.setOutputStream(out);
      return written;
    }
  }
}
