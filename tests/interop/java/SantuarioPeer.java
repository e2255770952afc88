// A peer for tests: Apache Santuario signs, verifies, encrypts and decrypts documents.
// Each line of standard input names one, with tabs between:
//   sign|verify|encrypt|decrypt ALGORITHM KEY_DER_PKCS8 CERTIFICATE_PEM IN OUT
// and is answered by one line: "done", or why not.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.encryption.EncryptedData;
import org.apache.xml.security.encryption.EncryptedKey;
import org.apache.xml.security.encryption.XMLCipher;
import org.apache.xml.security.keys.KeyInfo;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.transforms.Transforms;
import org.apache.xml.security.utils.Constants;
import org.apache.xml.security.utils.XMLUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

public class SantuarioPeer {
  static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
  static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
  static final String GCM = "http://www.w3.org/2009/xmlenc11#aes256-gcm";
  static final String MGF = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

  public static void main(String[] none) throws Exception {
    Init.init();
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(answer(line.split("\t")));
    }
  }

  static String answer(String[] arguments) {
    try {
      run(arguments);
      return "done";
    } catch (Exception problem) {
      return ("refused: " + problem).replace('\n', ' ');
    }
  }

  static void run(String[] arguments) throws Exception {
    String algorithm = arguments[1];
    byte[] der = Files.readAllBytes(Path.of(arguments[2]));
    byte[] pem = Files.readAllBytes(Path.of(arguments[3]));
    X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem));
    PrivateKey key = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(der));
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document = factory.newDocumentBuilder().parse(Path.of(arguments[4]).toFile());
    switch (arguments[0]) {
      case "sign" -> {
        if (algorithm.contains("MGF1")) signByJdk(document, algorithm, key);
        else sign(document, algorithm, key, certificate);
      }
      case "verify" -> {
        if (algorithm.contains("MGF1")) verifyByJdk(document, certificate);
        else verify(document, certificate);
      }
      case "encrypt" -> encrypt(document, algorithm, certificate);
      case "decrypt" -> decrypt(document, key);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    try (var out = Files.newOutputStream(Path.of(arguments[5]))) {
      XMLUtils.outputDOM(document, out, false);
    }
  }

  static void sign(Document document, String algorithm, PrivateKey key, X509Certificate shown)
      throws Exception {
    Element root = document.getDocumentElement();
    root.setIdAttribute("ID", true);
    XMLSignature signature = new XMLSignature(document, "", algorithm, EXCLUSIVE);
    root.insertBefore(signature.getElement(), root.getFirstChild().getNextSibling());
    Transforms transforms = new Transforms(document);
    transforms.addTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE);
    transforms.addTransform(EXCLUSIVE);
    signature.addDocument("#" + root.getAttribute("ID"), transforms, SHA256);
    signature.addKeyInfo(shown);
    signature.sign(key);
  }

  static void verify(Document document, X509Certificate certificate) throws Exception {
    Element root = document.getDocumentElement();
    root.setIdAttribute("ID", true);
    Element found = (Element) document
        .getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
    if (!new XMLSignature(found, "").checkSignatureValue(certificate.getPublicKey())) {
      throw new SecurityException("the signature does not hold");
    }
  }

  // Santuario 2.1 asks for a Java provider that knows RSA-PSS by one name; the JDK's own port of
  // Santuario (javax.xml.crypto) needs none.
  static void signByJdk(Document document, String algorithm, PrivateKey key) throws Exception {
    Element root = document.getDocumentElement();
    root.setIdAttribute("ID", true);
    XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
    TransformParameterSpec none = null;
    var transforms = List.of(
        factory.newTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE, none),
        factory.newTransform(EXCLUSIVE, none));
    var reference = factory.newReference("#" + root.getAttribute("ID"),
        factory.newDigestMethod(SHA256, null), transforms, null, null);
    var information = factory.newSignedInfo(
        factory.newCanonicalizationMethod(EXCLUSIVE, (C14NMethodParameterSpec) null),
        factory.newSignatureMethod(algorithm, null), List.of(reference));
    factory.newXMLSignature(information, null).sign(
        new DOMSignContext(key, root, root.getFirstChild().getNextSibling()));
  }

  static void verifyByJdk(Document document, X509Certificate certificate) throws Exception {
    document.getDocumentElement().setIdAttribute("ID", true);
    var found = document.getElementsByTagNameNS(Constants.SignatureSpecNS, "Signature").item(0);
    var context = new DOMValidateContext(certificate.getPublicKey(), found);
    var factory = XMLSignatureFactory.getInstance("DOM");
    if (!factory.unmarshalXMLSignature(context).validate(context)) {
      throw new SecurityException("the signature does not hold");
    }
  }

  static void encrypt(Document document, String transport, X509Certificate recipient)
      throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(256);
    SecretKey content = generator.generateKey();
    XMLCipher wrapper = XMLCipher.getInstance(transport, null, SHA256);
    wrapper.init(XMLCipher.WRAP_MODE, recipient.getPublicKey());
    EncryptedKey wrapped = wrapper.encryptKey(document, content, MGF, null);
    KeyInfo named = new KeyInfo(document);
    named.add(new org.apache.xml.security.keys.content.X509Data(document));
    named.itemX509Data(0).addCertificate(recipient);
    wrapped.setKeyInfo(named);
    XMLCipher cipher = XMLCipher.getInstance(GCM);
    cipher.init(XMLCipher.ENCRYPT_MODE, content);
    EncryptedData data = cipher.getEncryptedData();
    KeyInfo information = new KeyInfo(document);
    information.add(wrapped);
    data.setKeyInfo(information);
    cipher.doFinal(document, document.getDocumentElement(), false);
  }

  static void decrypt(Document document, PrivateKey key) throws Exception {
    XMLCipher cipher = XMLCipher.getInstance();
    cipher.init(XMLCipher.DECRYPT_MODE, null);
    cipher.setKEK(key);
    cipher.doFinal(document, document.getDocumentElement());
  }
}
