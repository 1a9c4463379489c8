package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.SecretStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;

/// `carafe secret create`
final class SecretCreate implements Command {
    private static final Flag DRIVER =
            Flag.one("d", "driver", "string", "Driver: file (default file)").of("file");
    private static final Flag ENV = Flag.toggle("", "env", "FILE is the name of an environment variable of yours");
    private static final Flag LABEL = Flag.list("l", "label", "Say something about it: NAME[=VALUE]");
    private static final Flag REPLACE = Flag.toggle("", "replace", "Take the place of one that is there");

    private final Engine engine;

    SecretCreate(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "secret create";
    }

    @Override
    public String operands() {
        return "[OPTIONS] NAME FILE|-";
    }

    @Override
    public String purpose() {
        return "Keep a secret, which boxes get with --secret";
    }

    @Override
    public List<Flag> flags() {
        return List.of(DRIVER, ENV, LABEL, REPLACE);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("Of a file", "carafe secret create tls.key /etc/ssl/private/web.key"),
                new Example("That is on no disk", "head -c 32 /dev/urandom | carafe secret create password -"),
                new Example(
                        "A box reads it at /run/secrets/password",
                        "carafe run --secret password debian cat /run/secrets/password"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        if (arguments.operands().size() != 2) {
            throw new UsageError("\"carafe secret create\" takes a NAME and a FILE, or - for standard input");
        }
        String driver = arguments.last(DRIVER);
        if (driver != null && !driver.equals("file")) {
            throw new UsageError(UsageError.invalid(DRIVER, driver, "it is file"));
        }
        String name = arguments.operands().getFirst();
        String file = arguments.operands().getLast();
        SecretStore store = engine.secrets(invocation.environment(), invocation.uid());
        try {
            byte[] value = Boolean.TRUE.equals(arguments.on(ENV))
                    ? variable(file, invocation)
                    : read(file, invocation, replies);
            boolean replace = Boolean.TRUE.equals(arguments.on(REPLACE));
            String id = store.create(name, value, VolumeCreate.words(arguments, LABEL), replace);
            Arrays.fill(value, (byte) 0);
            replies.out(id + "\n");
            replies.exit(0);
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
            replies.err(invocation.name() + ": read " + file + ": " + why + "\n");
            replies.exit(125);
        }
    }

    private static byte[] variable(String name, Invocation invocation) {
        String value = invocation.environment().get(name);
        if (value == null) {
            throw new UsageError("there is no environment variable " + name);
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /// One byte more than there may be, so that too long a one is told.
    private static byte[] read(String file, Invocation invocation, Replies replies) throws IOException {
        try (InputStream in = file.equals("-") ? new ReplyInput(replies) : CallerPath.open(file, invocation)) {
            return in.readNBytes(SecretStore.VALUE_MAX + 1);
        }
    }
}
