package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Distribution;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.registry.Kept;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `carafe login`: tries an account of a registry, and keeps it.
final class Login implements Command {
    private static final Flag USER = Flag.one("u", "username", "string", "The account's name");
    private static final Flag PASSWORD =
            Flag.one("p", "password", "string", "Its password; others can see it in the list of processes");
    private static final Flag STDIN = Flag.toggle("", "password-stdin", "Read the password from standard input");
    private static final int SECRET_MAX = 64 << 10; // bytes

    private final Engine engine;

    Login(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "login";
    }

    @Override
    public String operands() {
        return "[OPTIONS] [REGISTRY]";
    }

    @Override
    public String purpose() {
        return "Log in to a registry";
    }

    @Override
    public List<Flag> flags() {
        return List.of(USER, PASSWORD, STDIN, RegistryFlags.TLS_VERIFY);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("To Docker's registry; name and password are asked for", "carafe login"),
                new Example("In a script", "carafe login -u ci --password-stdin registry.example <token"),
                new Example("To one of one's own on this machine", "carafe login -u me localhost:5000"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() > 1) {
            throw new UsageError("\"carafe login\" accepts at most one registry");
        }
        String server = server(arguments.operands());
        boolean piped = RegistryFlags.is(arguments, STDIN);
        String given = arguments.last(PASSWORD);
        if (given != null && piped) {
            throw new UsageError("--password and --password-stdin exclude each other");
        }
        String user = arguments.last(USER);
        if (user == null && (piped || !invocation.terminal().input())) {
            throw new UsageError("who shall log in? Say it by --username, here is no terminal to ask");
        }
        if (user == null) {
            replies.err("Username: ");
            user = new String(replies.read(4096), StandardCharsets.UTF_8).strip();
        }
        String secret = given != null ? given : piped ? all(replies) : replies.ask("Password: ");
        if (user.isEmpty() || secret.isEmpty()) {
            throw new UsageError("a login takes a name and a password");
        }
        if (given != null) {
            replies.err("carafe: others can see a --password in the list of processes; better use --password-stdin\n");
        }
        login(server, user, secret, arguments, invocation, replies);
    }

    private void login(
            String server, String user, String secret, Arguments arguments, Invocation invocation, Replies replies) {
        try (Distribution distribution =
                engine.distribution(invocation.environment(), invocation.uid(), RegistryFlags.verify(arguments))) {
            switch (distribution.login(server, user, secret)) {
                case Kept.File(var path) ->
                    replies.err("carafe: the password is kept in " + path
                            + " as it is; a credential helper keeps it better (docs/registry.md)\n");
                case Kept.Helper(var _) -> {}
            }
        }
        replies.out("Login Succeeded\n");
        replies.exit(0);
    }

    /// Standard input to its end, without the last line's.
    private static String all(Replies replies) {
        var secret = new ByteArrayOutputStream();
        for (byte[] piece = replies.read(SECRET_MAX); piece.length > 0; piece = replies.read(SECRET_MAX)) {
            secret.writeBytes(piece);
            if (secret.size() > SECRET_MAX) {
                throw new UsageError("standard input has more than a password");
            }
        }
        return secret.toString(StandardCharsets.UTF_8).replaceFirst("\r?\n$", "");
    }

    /// The registry as images' names have it. People also write its address.
    static String server(List<String> operands) {
        String text = operands.isEmpty() ? "docker.io" : operands.getFirst();
        String server = text.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
        if (server.equals("index.docker.io") || server.equals("registry-1.docker.io")) {
            server = "docker.io";
        }
        if (!server.matches("[A-Za-z0-9.\\-\\[\\]:]+")) {
            throw new UsageError("not a registry, as registry.example:5000: \"" + text + "\"");
        }
        return server;
    }
}
