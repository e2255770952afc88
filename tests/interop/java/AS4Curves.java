// What eDelivery AS4 2.0 asks for and this Santuario lacks, by the JDK's own cryptography: Ed25519,
// and key agreement on X25519 or a curve with HKDF and AES key wrap (RFC 9231, RFC 5869, RFC 3394).
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.apache.xml.security.algorithms.SignatureAlgorithmSpi;
import org.apache.xml.security.keys.content.KeyValue;
import org.apache.xml.security.keys.content.keyvalues.ECKeyValue;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.signature.XMLSignatureException;
import org.apache.xml.security.utils.Constants;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class AS4Curves {
  static final String MORE = "http://www.w3.org/2021/04/xmldsig-more#";
  static final String ED25519 = MORE + "eddsa-ed25519";
  static final String XENC11 = "http://www.w3.org/2009/xmlenc11#";
  static final String DSIG11 = Constants.SignatureSpec11NS;
  static final String WRAP = "http://www.w3.org/2001/04/xmlenc#kw-aes128";
  static final String PRF = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";

  static String signatureMethod(PrivateKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" -> XMLSignature.ALGO_ID_SIGNATURE_ECDSA_SHA256;
      case "EdDSA", "Ed25519" -> ED25519;
      default -> XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA256;
    };
  }

  static boolean isCurve(Key key) {
    return key.getAlgorithm().equals("EC");
  }

  static String method(Key key) {
    return isCurve(key) ? XENC11 + "ECDH-ES" : MORE + "x25519";
  }

  // Receiving: the content key under a key that both sides can work out.
  static SecretKey agreed(Element encrypted, PrivateKey ours) throws Exception {
    demand(one(encrypted, AS4Peer.XENC, "EncryptionMethod"), WRAP);
    demand(one(encrypted, AS4Peer.XENC, "AgreementMethod"), method(ours));
    demand(one(encrypted, XENC11, "KeyDerivationMethod"), MORE + "hkdf");
    demand(one(encrypted, MORE, "PRF"), PRF);
    int length = Integer.parseInt(one(encrypted, MORE, "KeyLength").getTextContent());
    byte[] salt = octets(one(encrypted, MORE, "Salt"));
    PublicKey theirs = named(one(encrypted, AS4Peer.XENC, "OriginatorKeyInfo"), ours);
    Cipher cipher = Cipher.getInstance("AESWrap");
    cipher.init(Cipher.UNWRAP_MODE, derived(ours, theirs, salt, length));
    byte[] wrapped = octets(one(encrypted, AS4Peer.XENC, "CipherValue"));
    return (SecretKey) cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY);
  }

  static PublicKey named(Element information, PrivateKey ours) throws Exception {
    if (isCurve(ours)) {
      return new ECKeyValue(one(information, DSIG11, "ECKeyValue"), "").getPublicKey();
    }
    byte[] encoded = octets(one(information, DSIG11, "DEREncodedKeyValue"));
    return KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  // Sending: an EncryptedKey with a fresh key of ours.
  static Element agree(Document document, SecretKey content, PublicKey theirs, Element recipient)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(isCurve(theirs) ? "EC" : "X25519");
    if (theirs instanceof ECPublicKey curve) {
      generator.initialize(curve.getParams());
    }
    KeyPair ours = generator.generateKeyPair();
    byte[] salt = new byte[32];
    new SecureRandom().nextBytes(salt);
    Element encrypted = document.createElementNS(AS4Peer.XENC, "xenc:EncryptedKey");
    algorithm(AS4Peer.child(encrypted, AS4Peer.XENC, "xenc:EncryptionMethod"), WRAP);
    Element information = AS4Peer.child(encrypted, AS4Peer.DS, "ds:KeyInfo");
    Element agreement = AS4Peer.child(information, AS4Peer.XENC, "xenc:AgreementMethod");
    algorithm(agreement, method(theirs));
    Element derivation = AS4Peer.child(agreement, XENC11, "xenc11:KeyDerivationMethod");
    algorithm(derivation, MORE + "hkdf");
    Element parameters = AS4Peer.child(derivation, MORE, "more:HKDFParams");
    algorithm(AS4Peer.child(parameters, MORE, "more:PRF"), PRF);
    AS4Peer.child(parameters, MORE, "more:Salt").setTextContent(base64(salt));
    AS4Peer.child(parameters, MORE, "more:KeyLength").setTextContent("16");
    Element originator = AS4Peer.child(agreement, AS4Peer.XENC, "xenc:OriginatorKeyInfo");
    if (isCurve(theirs)) {
      originator.appendChild(new KeyValue(document, ours.getPublic()).getElement());
    } else {
      AS4Peer.child(originator, DSIG11, "dsig11:DEREncodedKeyValue")
          .setTextContent(base64(ours.getPublic().getEncoded()));
    }
    AS4Peer.child(agreement, AS4Peer.XENC, "xenc:RecipientKeyInfo").appendChild(recipient);
    Cipher cipher = Cipher.getInstance("AESWrap");
    cipher.init(Cipher.WRAP_MODE, derived(ours.getPrivate(), theirs, salt, 16));
    Element data = AS4Peer.child(encrypted, AS4Peer.XENC, "xenc:CipherData");
    AS4Peer.child(data, AS4Peer.XENC, "xenc:CipherValue")
        .setTextContent(base64(cipher.wrap(content)));
    return encrypted;
  }

  static SecretKey derived(PrivateKey ours, PublicKey theirs, byte[] salt, int length)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance(isCurve(ours) ? "ECDH" : "X25519");
    agreement.init(ours);
    agreement.doPhase(theirs, true);
    byte[] extracted = mac(salt, agreement.generateSecret());
    byte[] expanded = mac(extracted, new byte[] {1});
    return new SecretKeySpec(expanded, 0, length, "AES");
  }

  static byte[] mac(byte[] key, byte[] octets) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(octets);
  }

  static Element one(Element parent, String namespace, String name) {
    NodeList found = parent.getElementsByTagNameNS(namespace, name);
    if (found.getLength() != 1) {
      throw new IllegalArgumentException(found.getLength() + " times " + name);
    }
    return (Element) found.item(0);
  }

  static void demand(Element element, String algorithm) {
    if (!element.getAttribute("Algorithm").equals(algorithm)) {
      throw new IllegalArgumentException(element.getAttribute("Algorithm"));
    }
  }

  static void algorithm(Element element, String algorithm) {
    element.setAttributeNS(null, "Algorithm", algorithm);
  }

  static byte[] octets(Element element) {
    return Base64.getMimeDecoder().decode(element.getTextContent());
  }

  static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  public static class Ed25519 extends SignatureAlgorithmSpi {
    private final Signature signature;

    public Ed25519() throws GeneralSecurityException {
      signature = Signature.getInstance("Ed25519");
    }

    @Override
    protected String engineGetURI() {
      return ED25519;
    }

    @Override
    protected String engineGetJCEAlgorithmString() {
      return "Ed25519";
    }

    @Override
    protected String engineGetJCEProviderName() {
      return signature.getProvider().getName();
    }

    @Override
    protected void engineUpdate(byte[] input) throws XMLSignatureException {
      engineUpdate(input, 0, input.length);
    }

    @Override
    protected void engineUpdate(byte input) throws XMLSignatureException {
      engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length)
        throws XMLSignatureException {
      attempt(() -> {
        signature.update(input, offset, length);
        return null;
      });
    }

    @Override
    protected void engineInitSign(Key key) throws XMLSignatureException {
      attempt(() -> {
        signature.initSign((PrivateKey) key);
        return null;
      });
    }

    @Override
    protected void engineInitSign(Key key, SecureRandom random) throws XMLSignatureException {
      engineInitSign(key);
    }

    @Override
    protected void engineInitSign(Key key, AlgorithmParameterSpec parameters)
        throws XMLSignatureException {
      engineInitSign(key);
    }

    @Override
    protected void engineInitVerify(Key key) throws XMLSignatureException {
      attempt(() -> {
        signature.initVerify((PublicKey) key);
        return null;
      });
    }

    @Override
    protected byte[] engineSign() throws XMLSignatureException {
      return attempt(signature::sign);
    }

    @Override
    protected boolean engineVerify(byte[] octets) throws XMLSignatureException {
      return attempt(() -> signature.verify(octets));
    }

    @Override
    protected void engineSetParameter(AlgorithmParameterSpec parameters) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void engineSetHMACOutputLength(int length) {
      throw new UnsupportedOperationException();
    }

    private interface Work<T> {
      T done() throws GeneralSecurityException;
    }

    private static <T> T attempt(Work<T> work) throws XMLSignatureException {
      try {
        return work.done();
      } catch (GeneralSecurityException error) {
        throw new XMLSignatureException(error);
      }
    }
  }
}
