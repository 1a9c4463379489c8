package io.carafe.sandbox.plan;

import java.util.ArrayList;
import java.util.List;

/// Landlock's numbers in its own words (linux/landlock.h).
final class LandlockFlags {
    private static final int EXECUTE = 1;
    private static final int READ = 1 << 2 | 1 << 3;
    private static final int WRITE = 1 << 1 | 1 << 14;
    private static final int DEVICES = 1 << 6 | 1 << 11;
    private static final int MAKE = 0x1780; // all that is made but devices
    private static final int REMOVE = 1 << 4 | 1 << 5;
    private static final int REFER = 1 << 13;
    private static final int IOCTL = 1 << 15;

    /// By bit.
    private static final List<String> FILES = List.of(
            "EXECUTE",
            "WRITE_FILE",
            "READ_FILE",
            "READ_DIR",
            "REMOVE_DIR",
            "REMOVE_FILE",
            "MAKE_CHAR",
            "MAKE_DIR",
            "MAKE_REG",
            "MAKE_SOCK",
            "MAKE_FIFO",
            "MAKE_BLOCK",
            "MAKE_SYM",
            "REFER",
            "TRUNCATE",
            "IOCTL_DEV");

    private static final List<String> NETWORK = List.of("BIND_TCP", "CONNECT_TCP");
    private static final List<String> SCOPES = List.of("ABSTRACT_UNIX_SOCKET", "SIGNAL");

    private LandlockFlags() {}

    /// `LANDLOCK_ACCESS_FS_EXECUTE|…`
    static String files(long access) {
        return names("LANDLOCK_ACCESS_FS_", access, FILES);
    }

    static String network(long access) {
        return names("LANDLOCK_ACCESS_NET_", access, NETWORK);
    }

    static String scopes(long scopes) {
        return names("LANDLOCK_SCOPE_", scopes, SCOPES);
    }

    /// `read, execute, write, make, remove`
    static String fileWords(long access) {
        var words = new ArrayList<String>();
        word(access, READ, "read", words);
        word(access, EXECUTE, "execute", words);
        word(access, WRITE, "write", words);
        word(access, MAKE, "make", words);
        word(access, DEVICES, "make devices", words);
        word(access, REMOVE, "remove", words);
        word(access, REFER, "move", words);
        word(access, IOCTL, "control devices", words);
        return words.isEmpty() ? "nothing" : String.join(", ", words);
    }

    /// What a ruleset is about: `files, TCP, signals`.
    static String words(long files, long network, long scopes) {
        var words = new ArrayList<String>();
        word(files, -1, "files", words);
        word(network, -1, "TCP", words);
        word(scopes, 1, "abstract sockets", words);
        word(scopes, 2, "signals", words);
        return String.join(", ", words);
    }

    private static void word(long value, long bits, String word, List<String> words) {
        if ((value & bits) != 0) {
            words.add(word);
        }
    }

    private static String names(String prefix, long value, List<String> table) {
        var names = new ArrayList<String>();
        long rest = value;
        for (int bit = 0; bit < table.size(); bit++) {
            if ((value >> bit & 1) != 0) {
                names.add(prefix + table.get(bit));
                rest &= ~(1L << bit);
            }
        }
        if (rest != 0 || names.isEmpty()) {
            names.add(rest == 0 ? "0" : "0x" + Long.toHexString(rest));
        }
        return String.join("|", names);
    }
}
