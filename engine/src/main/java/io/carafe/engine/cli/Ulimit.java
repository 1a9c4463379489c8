package io.carafe.engine.cli;

import io.carafe.engine.command.Quantity;
import io.carafe.sandbox.spec.Spec.Rlimit;
import java.util.List;
import java.util.Locale;

/// `--ulimit`: a limit of getrlimit(2).
final class Ulimit {
    /// Docker's names, and `as`.
    static final List<String> NAMES =
            List.of("as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"
                    .split(" "));

    private Ulimit() {}

    /// `NAME=SOFT[:HARD]`, -1 for unlimited.
    static Rlimit read(String word) {
        int equals = word.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("write it as NAME=SOFT[:HARD]");
        }
        String name = word.substring(0, equals);
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("invalid ulimit type: " + name);
        }
        String values = word.substring(equals + 1);
        int colon = values.indexOf(':');
        long soft = limit(colon < 0 ? values : values.substring(0, colon));
        long hard = colon < 0 ? soft : limit(values.substring(colon + 1));
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new IllegalArgumentException("the soft limit must be less than or equal to the hard limit");
        }
        return new Rlimit("RLIMIT_" + name.toUpperCase(Locale.ROOT), soft, hard);
    }

    private static long limit(String word) {
        long limit = Quantity.whole(word);
        if (limit < -1) {
            throw new IllegalArgumentException("a limit is 0 or more, or -1 for unlimited");
        }
        return limit;
    }
}
