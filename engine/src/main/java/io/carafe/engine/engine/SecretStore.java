package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.secret.Secret;
import io.carafe.engine.secret.SecretName;
import io.carafe.engine.secret.Secrets;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a caller can do with secrets, by name or id. Nothing here tells a value.
public final class SecretStore {
    /// How many bytes a value may have.
    public static final int VALUE_MAX = Secrets.VALUE_MAX;

    private final Secrets secrets;

    SecretStore(Secrets secrets) {
        this.secrets = secrets;
    }

    /// Keeps one.
    ///
    /// @param replace one of that name that is there goes
    /// @return its id
    /// @throws Refused if none can be called so
    public String create(String name, byte[] value, Map<String, String> labels, boolean replace) {
        try {
            return secrets.create(new SecretName(name), value, labels, replace).id();
        } catch (IllegalArgumentException e) {
            throw new Refused(List.of(new Problem("secret", String.valueOf(e.getMessage()))));
        }
    }

    /// Those whose name has such a part, of those that are given; all if there is none.
    public List<SecretRow> list(List<String> parts) {
        var rows = new ArrayList<SecretRow>();
        for (Secret secret : secrets.all()) {
            if (parts.isEmpty() || parts.stream().anyMatch(secret.name().text()::contains)) {
                var labels = new ArrayList<String>();
                secret.labels().forEach((key, value) -> labels.add(key + "=" + value));
                rows.add(new SecretRow(secret.id(), secret.name().text(), secret.created(), String.join(",", labels)));
            }
        }
        return rows;
    }

    /// All that may be known of one, as JSON in Docker's words.
    ///
    /// @throws EngineException.NotFound if there is none
    public String inspect(String name) {
        Secret secret = find(name);
        return new JsonWriter()
                .beginObject()
                .put("ID", secret.id())
                .put("CreatedAt", secret.created())
                .name("Spec")
                .beginObject()
                .put("Name", secret.name().text())
                .put("Labels", secret.labels())
                .endObject()
                .endObject()
                .text();
    }

    /// Removes one. A box that has it keeps it.
    ///
    /// @throws EngineException.NotFound if there is none
    public void remove(String name) {
        secrets.remove(find(name).name());
    }

    private Secret find(String name) {
        for (Secret secret : secrets.all()) {
            if (secret.name().text().equals(name) || secret.id().equals(name)) {
                return secret;
            }
        }
        throw new EngineException.NotFound("secret", name);
    }
}
