package io.carafe.engine.command;

import java.util.List;
import java.util.Map;

/// Command lines and who says them.
public final class Callers {
    public static final Terminal TERMINAL = new Terminal(true, true, true, 24, 80);
    public static final Terminal NO_TERMINAL = new Terminal(false, false, false, 0, 0);

    private Callers() {}

    public static Invocation in(String directory, Map<String, String> environment, Terminal terminal, String... words) {
        return new Invocation("carafe", List.of(words), environment, directory, 022, terminal, 0, 0, "");
    }

    public static Invocation of(String... words) {
        return in("/home/me", Map.of("CANARY", "dead", "LANG", "C.UTF-8"), NO_TERMINAL, words);
    }
}
