package io.carafe.engine.registry;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A program that keeps credentials, `docker-credential-NAME`: it reads one question and answers in JSON
/// (docker-credential-helpers). It is the caller's own program, by the caller's `PATH`, and sees nothing of
/// the caller's environment but what such programs need to reach a key ring.
final class CredentialHelper {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int ANSWER_MAX = 64 << 10; // bytes
    private static final String MISSING = "credentials not found in native keychain";
    private static final String TOKEN = "<token>"; // the user's name, if the secret is an identity token
    private static final List<String> PASSED = List.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "XDG_RUNTIME_DIR",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "DBUS_SESSION_BUS_ADDRESS",
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "GNUPGHOME",
            "GPG_TTY",
            "PASSWORD_STORE_DIR",
            "AWS_PROFILE",
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
            "CLOUDSDK_CONFIG");

    private final String name;
    private final Map<String, String> environment;
    private final Duration deadline;

    /// @param name        without `docker-credential-`
    /// @param environment the caller's
    CredentialHelper(String name, Map<String, String> environment, Duration deadline) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException(
                    "config.json names a credential helper that can't be one: " + RegistryFault.safe(name));
        }
        this.name = "docker-credential-" + name;
        this.environment = environment;
        this.deadline = deadline;
    }

    /// What it keeps for a server.
    Credential get(String server) throws IOException {
        Said said = ask("get", server);
        if (said.code() != 0) {
            if (said.text().strip().equals(MISSING)) {
                return new Credential.Anonymous();
            }
            throw failed("get", said);
        }
        var problems = new ArrayList<Problem>();
        Node node = Node.of(said.text(), name, problems);
        String user = node.get("Username").text();
        String secret = node.get("Secret").text();
        if (!problems.isEmpty()) {
            throw new IOException(name + " get: " + problems.getFirst().where() + " is not as it should be");
        }
        if (secret.isEmpty()) {
            return new Credential.Anonymous();
        }
        return user.equals(TOKEN) ? new Credential.IdentityToken(secret) : new Credential.Password(user, secret);
    }

    void store(String server, String user, String secret) throws IOException {
        String question = new JsonWriter()
                .beginObject()
                .put("ServerURL", server)
                .put("Username", user)
                .put("Secret", secret)
                .endObject()
                .text();
        Said said = ask("store", question);
        if (said.code() != 0) {
            throw failed("store", said);
        }
    }

    void erase(String server) throws IOException {
        Said said = ask("erase", server);
        if (said.code() != 0 && !said.text().strip().equals(MISSING)) {
            throw failed("erase", said);
        }
    }

    private IOException failed(String verb, Said said) {
        return new IOException(name + " " + verb + " failed with code " + said.code() + ": "
                + RegistryFault.safe(said.text().strip()));
    }

    private record Said(int code, String text) {}

    private Said ask(String verb, String question) throws IOException {
        var builder = new ProcessBuilder(program(), verb).redirectErrorStream(false);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.directory(Path.of("/").toFile());
        builder.environment().clear();
        for (String variable : PASSED) {
            if (environment.containsKey(variable)) {
                builder.environment().put(variable, environment.get(variable));
            }
        }
        Process process = builder.start();
        var answer = new ByteArrayOutputStream();
        Thread reader = Thread.ofVirtual().name(name).start(() -> read(process.getInputStream(), answer));
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(question.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it doesn't read what it doesn't need; its answer tells
            }
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " " + verb + " has not answered for " + deadline.toSeconds() + " seconds");
            }
            reader.join(deadline);
        } catch (InterruptedException e) {
            throw Http.interrupted(e);
        } finally {
            process.destroyForcibly();
        }
        synchronized (answer) {
            if (answer.size() > ANSWER_MAX) {
                throw new IOException(name + " " + verb + ": an answer of more than " + ANSWER_MAX + " bytes");
            }
            return new Said(process.exitValue(), answer.toString(StandardCharsets.UTF_8));
        }
    }

    /// Keeps a little more than the bound, so that it is seen, and reads on, so that the program ends.
    private static void read(InputStream from, ByteArrayOutputStream into) {
        byte[] piece = new byte[4096];
        try {
            for (int got = from.read(piece); got >= 0; got = from.read(piece)) {
                synchronized (into) {
                    if (into.size() <= ANSWER_MAX) {
                        into.write(piece, 0, got);
                    }
                }
            }
        } catch (IOException e) {
            // it was ended
        }
    }

    private String program() throws IOException {
        for (String directory : environment.getOrDefault("PATH", "").split(":")) {
            if (directory.startsWith("/")) { // never a program of the directory that one happens to be in
                Path file = Path.of(directory, name);
                if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return file.toString();
                }
            }
        }
        throw new IOException(name + ", which config.json names for credentials, is nowhere in your PATH");
    }
}
