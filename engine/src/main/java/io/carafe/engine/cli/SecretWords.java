package io.carafe.engine.cli;

import io.carafe.engine.secret.SecretName;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;

/// `--secret`, in Podman's words and those of Docker's services. Each method throws IllegalArgumentException with what
/// is wrong.
final class SecretWords {
    private static final String DIRECTORY = "/run/secrets/";
    private static final int MODE_MAX = 0777; // no set-user-id bit: it is data

    private SecretWords() {}

    /// `NAME[,FIELD=VALUE…]`, or `source=NAME` among the fields.
    static Mount mount(String words) {
        String name = "";
        String target = "";
        var options = new ArrayList<String>();
        for (String field : words.split(",", -1)) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? "source" : field.substring(0, equals);
            String value = field.substring(equals + 1);
            switch (key) {
                case "source", "src" -> name = value;
                case "target", "dst", "destination" -> target = value;
                case "uid", "gid" -> options.add(key + "=" + id(value));
                case "mode" -> options.add("mode=" + mode(value));
                case "type" -> type(value);
                default -> throw new IllegalArgumentException("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        String known = new SecretName(name).text();
        return new Mount(path(target.isEmpty() ? known : target), "secret", known, options);
    }

    private static void type(String value) {
        if (value.equals("env")) {
            throw new IllegalArgumentException("type=env: a variable shows in inspect, in /proc, and in all that the"
                    + " program starts; have it read the file");
        }
        if (!value.equals("mount")) {
            throw new IllegalArgumentException("unknown type '" + value + "': it is mount");
        }
    }

    private static String path(String target) {
        return MountWords.target(target.startsWith("/") ? target : DIRECTORY + target);
    }

    private static String id(String value) {
        try {
            return Integer.toUnsignedString(Integer.parseUnsignedInt(value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + value + "' is no number of a user or group", e);
        }
    }

    private static String mode(String value) {
        try {
            int mode = Integer.parseInt(value, 8);
            if (mode >= 0 && mode <= MODE_MAX) {
                return Integer.toOctalString(mode);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("invalid mode '" + value + "': octal digits, as 0440");
    }
}
