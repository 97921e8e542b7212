import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Makes the tokens that the lines of standard input ask for; see ../languages.py. */
public final class Driver {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] fields = line.split("\t", -1);
            String[] text = new String[4];
            for (int i = 0; i < 4; i++) {
                text[i] = new String(Base64.getDecoder().decode(fields[i + 1]), StandardCharsets.UTF_8);
            }
            System.out.println(fields[0].equals("hmac")
                    ? ChatTokens.userAuthToken(text[0], text[1], text[2])
                    : ChatTokens.identityToken(text[0], text[1], text[2], text[3],
                            Long.parseLong(fields[5]), Long.parseLong(fields[6])));
        }
    }
}
