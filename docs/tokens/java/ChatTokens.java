import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proves your visitors to the chat. Java 11 or newer, nothing to install. */
public final class ChatTokens {
    private ChatTokens() {}

    /** Prove exactly the userId and the userEmail that the page sends; "" stands for one it does not send. */
    public static String userAuthToken(String secretKey, String userId, String userEmail) {
        return Base64.getEncoder().encodeToString(sign(secretKey, userId + "\n" + userEmail));
    }

    /** Prove a person for a while: a JWT. "" stands for what you do not know; userId or email must be there. */
    public static String identityToken(
            String secretKey, String userId, String email, String name, long issuedAt, long lifetimeSeconds) {
        String claims = "{\"kind\":\"USER\"" + claim("uid", userId) + claim("email", email) + claim("name", name)
                + ",\"iat\":" + issuedAt + ",\"exp\":" + (issuedAt + lifetimeSeconds) + "}";
        String signed = base64url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8)) + "."
                + base64url(claims.getBytes(UTF_8));
        return signed + "." + base64url(sign(secretKey, signed));
    }

    private static byte[] sign(String secretKey, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secretKey.getBytes(UTF_8), "HmacSHA256"));
            return mac.doFinal(message.getBytes(UTF_8));
        } catch (GeneralSecurityException impossible) { // every Java has HmacSHA256
            throw new IllegalStateException(impossible);
        }
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String claim(String name, String value) {
        if (value == null || value.isEmpty()) return "";
        StringBuilder json = new StringBuilder(",\"" + name + "\":\"");
        for (char c : value.toCharArray()) { // Java has no JSON of its own: escape what RFC 8259 §7 demands
            if (c == '"' || c == '\\') json.append('\\').append(c);
            else if (c < ' ') json.append(String.format("\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }
}
