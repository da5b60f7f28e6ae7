// Opens and verifies an export with the JDK alone (17 or newer): java Verify.java EXPORT READER HOLDER AUDIENCE
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.security.spec.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.*;

public class Verify {
  static byte[] b64(String text) { return Base64.getUrlDecoder().decode(text); }
  static String text(String b64) { return new String(b64(b64)); }
  static String member(String json, String name) { return json.replaceAll("(?s).*\"" + name + "\"\\s*:\\s*\"?([^\",}]*).*", "$1"); }
  static void need(boolean good, String why) { if (!good) throw new SecurityException(why); }
  static BigInteger number(String json, String name) { return new BigInteger(1, b64(member(json, name))); }
  static byte[] sha256(byte[]... parts) throws Exception {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    for (byte[] part : parts) hash.update(part);
    return hash.digest();
  }
  static PublicKey point(String jwk, ECParameterSpec curve) throws Exception {
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(number(jwk, "x"), number(jwk, "y")), curve));
  }

  public static void main(String[] files) throws Exception {
    String[] seal = Files.readString(Path.of(files[0])).strip().split("\\.");
    String reader = Files.readString(Path.of(files[1])), holder = Files.readString(Path.of(files[2])), head = text(seal[0]);
    AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
    named.init(new ECGenParameterSpec("secp256r1"));
    ECParameterSpec curve = named.getParameterSpec(ECParameterSpec.class);
    need(seal.length == 5 && member(head, "alg").equals("ECDH-ES") && member(head, "enc").equals("A256GCM"), "another seal");
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(number(reader, "d"), curve)));
    agreement.doPhase(point(head.substring(head.indexOf("\"epk\"")), curve), true);
    byte[] info = "\0\0\0\7A256GCM\0\0\0\0\0\0\0\0\0\0\1\0".getBytes("ISO-8859-1");
    byte[] key = sha256(new byte[] {0, 0, 0, 1}, agreement.generateSecret(), info);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, b64(seal[2])));
    cipher.updateAAD(seal[0].getBytes());
    cipher.update(b64(seal[3]));
    String[] parts = new String(cipher.doFinal(b64(seal[4]))).split("~"), token = parts[0].split("\\.");
    need(member(text(token[0]), "alg").equals("ES256") && member(text(token[0]), "typ").equals("dc+sd-jwt"), "not an export");
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(point(holder, curve));
    signature.update((token[0] + "." + token[1]).getBytes());
    need(signature.verify(b64(token[2])), "not signed by the holder");
    String claims = text(token[1]);
    long now = System.currentTimeMillis() / 1000;
    need(member(claims, "aud").equals(files[3]), "not for us");
    need(Long.parseLong(member(claims, "nbf")) <= now + 300 && Long.parseLong(member(claims, "exp")) > now, "not valid today");
    StringJoiner hashes = new StringJoiner(",", "[", "]"), rows = new StringJoiner(",", "[", "]");
    for (String row : Arrays.copyOfRange(parts, 1, parts.length)) {
      hashes.add("{\"...\":\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(row.getBytes())) + "\"}");
      rows.add(text(row).replaceFirst("(?s)^\\[\"[^\"]*\",(.*)\\]$", "$1"));
    }
    need(parts.length == 1 || claims.contains("\"groups\":" + hashes), "rows were added or withheld");
    System.out.println("{\"claims\":" + claims + ",\"rows\":" + rows + "}");
  }
}
