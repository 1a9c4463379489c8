package io.carafe.engine.secret;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.TreeMap;

/// A secret as its file has it: what may be known, and the value, sealed together with that.
///
/// @param nonce  base64
/// @param sealed likewise
record SealedSecret(Secret secret, String nonce, String sealed) {
    private static final String DOMAIN = "carafe secret 1 ";

    static SealedSecret seal(Secret secret, byte[] value, SealingKey key) throws IOException {
        byte[] nonce = SealingKey.random(SealingKey.NONCE);
        byte[] sealed = key.seal(value, nonce, known(secret));
        Base64.Encoder text = Base64.getEncoder();
        return new SealedSecret(secret, text.encodeToString(nonce), text.encodeToString(sealed));
    }

    byte[] open(SealingKey key) throws IOException {
        try {
            Base64.Decoder bytes = Base64.getDecoder();
            return key.open(bytes.decode(sealed), bytes.decode(nonce), known(secret));
        } catch (IllegalArgumentException e) {
            throw new IOException("its file is damaged: " + e.getMessage(), e);
        }
    }

    /// Another's value in the place of this one's would not open.
    private static byte[] known(Secret secret) {
        return (DOMAIN + put(new JsonWriter().beginObject(), secret).endObject().text())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static JsonWriter put(JsonWriter json, Secret secret) {
        return json.put("id", secret.id())
                .put("name", secret.name().text())
                .put("created", secret.created())
                .put("labels", secret.labels());
    }

    String json() {
        return put(new JsonWriter().beginObject(), secret)
                        .put("nonce", nonce)
                        .put("sealed", sealed)
                        .endObject()
                        .text()
                + "\n";
    }

    static SealedSecret read(SecretName name, Path file, String text) throws IOException {
        var problems = new ArrayList<Problem>();
        Node json = Node.of(text, "secret", problems).object();
        var labels = new TreeMap<String, String>();
        json.get("labels").properties().forEach((label, value) -> labels.put(label, value.text()));
        var secret =
                new Secret(json.get("id").needed(), name, json.get("created").needed(), labels);
        var sealed = new SealedSecret(
                secret, json.get("nonce").needed(), json.get("sealed").needed());
        if (!problems.isEmpty()) {
            throw new IOException(file + " is damaged: " + problems.getFirst());
        }
        return sealed;
    }
}
