package io.carafe.sandbox.host;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/// The ids that a box of this process can have: user_namespaces(7), subuid(5).
///
/// @param initial   whether this process is in the first user namespace, whose root is the machine's
/// @param user      the calling user's name, `""` if `/etc/passwd` has none for it
/// @param uids      the users that this process's own user namespace has
/// @param subuids   those that `/etc/subuid` sets aside for the calling user, in its order
/// @param newuidmap the program that maps them, `""` if it isn't there
/// @param obstacle  why nobody but root may make a user namespace here, and what helps; `""` if nothing is in
///     the way
public record UserNamespaces(
        boolean initial,
        String user,
        List<Range> uids,
        List<Range> gids,
        List<Range> subuids,
        List<Range> subgids,
        String newuidmap,
        String newgidmap,
        String obstacle) {

    private static final Range ALL = new Range(0, 0xffffffffL);

    /// Those of the first namespace, and nothing that only an ordinary user needs.
    public static final UserNamespaces INITIAL =
            new UserNamespaces(true, "", List.of(ALL), List.of(ALL), List.of(), List.of(), "", "", "");

    /// `count` ids from `first` on.
    public record Range(long first, long count) {}

    public UserNamespaces {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        subuids = List.copyOf(subuids);
        subgids = List.copyOf(subgids);
    }

    /// The ids that a namespace has, of its `uid_map` or `gid_map`.
    static List<Range> own(String map) {
        var ranges = new ArrayList<Range>();
        for (String line : map.split("\n")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length == 3) {
                ranges.add(new Range(Long.parseLong(fields[0]), Long.parseLong(fields[2])));
            }
        }
        return ranges;
    }

    /// Whether a `uid_map` is that of the first namespace.
    static boolean isInitial(String map) {
        var words = new StringTokenizer(map); // and no records compared: that costs a cold JVM 10 ms
        return words.countTokens() == 3
                && words.nextToken().equals("0")
                && words.nextToken().equals("0")
                && words.nextToken().equals("4294967295");
    }

    /// Of `/etc/passwd`.
    static String name(String passwd, int uid) {
        for (String line : passwd.split("\n")) {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].equals(Integer.toUnsignedString(uid))) {
                return fields[0];
            }
        }
        return "";
    }

    /// Of `/etc/subuid` or `/etc/subgid`: `name:first:count`, the name being the user's or its id. A line that
    /// is none matches nothing.
    static List<Range> subordinate(String text, String name, int uid) {
        var ranges = new ArrayList<Range>();
        for (String line : text.split("\n")) {
            String[] fields = line.strip().split(":", -1);
            boolean ours = fields.length == 3
                    && !fields[0].isEmpty()
                    && (fields[0].equals(name) || fields[0].equals(Integer.toUnsignedString(uid)));
            if (ours && isNumber(fields[1]) && isNumber(fields[2])) {
                var range = new Range(Long.parseLong(fields[1]), Long.parseLong(fields[2]));
                if (range.count > 0 && range.first + range.count <= 0xffffffffL) {
                    ranges.add(range);
                }
            }
        }
        return ranges;
    }

    private static boolean isNumber(String word) {
        return !word.isEmpty() && word.length() <= 10 && word.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
