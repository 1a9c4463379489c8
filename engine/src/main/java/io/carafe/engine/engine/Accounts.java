package io.carafe.engine.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The users and groups of a box, from its own `/etc/passwd` and `/etc/group`.
///
/// The rules are runc's and Docker's, with the holes closed that CVE-2016-3697, CVE-2024-40635 and
/// CVE-2026-30892 came through: a word of digits is an id and never a name; an id is a decimal number without
/// sign or leading zero, up to 2147483647 (as runc: there are programs, and Go's `int32`s, to which a larger
/// one is negative); a line whose ids aren't such numbers matches nothing.
final class Accounts {
    private static final long ID_MAX = Integer.MAX_VALUE;
    private static final int GROUPS_MAX = 65536; // the kernel's NGROUPS_MAX
    private static final String NO_ID = " is not a user or group id: ids are 0 to 2147483647, in plain decimal";

    /// Who a process is.
    ///
    /// @param groups the supplementary ones
    record Account(int uid, int gid, List<Integer> groups, String home) {
        /// With these groups too.
        Account with(List<Integer> more) {
            var all = new LinkedHashSet<>(groups);
            all.addAll(more);
            return new Account(uid, gid, List.copyOf(all), home);
        }
    }

    private record User(String name, int uid, int gid, String home) {}

    private record Group(String name, int gid, List<String> members) {}

    private final BoxFiles files;
    private final String passwd;

    Accounts(BoxFiles files) {
        this(files, "/etc/passwd");
    }

    /// @param passwd where the users are, in these files
    Accounts(BoxFiles files, String passwd) {
        this.files = files;
        this.passwd = passwd;
    }

    /// @param words `NAME|UID[:GROUP|GID]`, "" for root
    /// @throws IllegalArgumentException if the box has no such user or group, or the words mean none
    /// @throws IOException              if its files can't be read
    Account named(String words) throws IOException {
        int colon = words.indexOf(':');
        String userWord = words.isEmpty() ? "0" : colon < 0 ? words : words.substring(0, colon);
        String groupWord = colon < 0 ? "" : words.substring(colon + 1);
        if (userWord.isEmpty() || (colon >= 0 && groupWord.isEmpty())) {
            throw new IllegalArgumentException(quote(words) + " has nothing on one side of the colon");
        }
        User user = user(userWord);
        if (!groupWord.isEmpty()) { // an explicit group is the only one, as with Docker
            return new Account(user.uid, group(groupWord), List.of(), user.home);
        }
        return new Account(user.uid, user.gid, user.name.isEmpty() ? List.of() : groupsOf(user), user.home);
    }

    private User user(String word) throws IOException {
        boolean number = isNumber(word);
        int uid = number ? id(word) : 0;
        for (String line : files.lines(passwd)) {
            User user = parseUser(line);
            if (user != null && (number ? user.uid == uid : user.name.equals(word))) {
                return user;
            }
        }
        if (!number) {
            throw new IllegalArgumentException("unable to find user " + word + ": no matching entries in passwd file");
        }
        return new User("", uid, 0, "/");
    }

    /// @param word `NAME|GID`
    /// @throws IllegalArgumentException if the box has no such group, or the word means none
    /// @throws IOException              if its file can't be read
    int groupNamed(String word) throws IOException {
        if (word.equals("keep-groups")) {
            throw new IllegalArgumentException(
                    "keep-groups is not there: a box has the groups that are named, never the caller's own");
        }
        if (word.isEmpty()) {
            throw new IllegalArgumentException("a group has a name or a number");
        }
        return group(word);
    }

    private int group(String word) throws IOException {
        if (isNumber(word)) {
            return id(word);
        }
        for (String line : files.lines("/etc/group")) {
            Group group = parseGroup(line);
            if (group != null && group.name.equals(word)) {
                return group.gid;
            }
        }
        throw new IllegalArgumentException("unable to find group " + word + ": no matching entries in group file");
    }

    private List<Integer> groupsOf(User user) throws IOException {
        Set<Integer> groups = new LinkedHashSet<>();
        for (String line : files.lines("/etc/group")) {
            Group group = parseGroup(line);
            if (group != null && group.members.contains(user.name) && groups.size() < GROUPS_MAX) {
                groups.add(group.gid);
            }
        }
        return List.copyOf(groups);
    }

    /// `name:password:uid:gid:comment:home:shell`, passwd(5).
    private static @Nullable User parseUser(String line) {
        List<String> fields = fields(line, ':');
        if (fields.size() < 4 || !isId(fields.get(2)) || !isId(fields.get(3))) {
            return null;
        }
        String home = fields.size() > 5 && fields.get(5).startsWith("/") ? fields.get(5) : "/";
        return new User(fields.get(0), id(fields.get(2)), id(fields.get(3)), home);
    }

    /// `name:password:gid:member,member`, group(5).
    private static @Nullable Group parseGroup(String line) {
        List<String> fields = fields(line, ':');
        if (fields.size() < 3 || !isId(fields.get(2))) {
            return null;
        }
        List<String> members = fields.size() > 3 ? fields(fields.get(3), ',') : List.of();
        return new Group(fields.get(0), id(fields.get(2)), members);
    }

    private static List<String> fields(String line, char separator) {
        var fields = new ArrayList<String>();
        int from = 0;
        for (int to; (to = line.indexOf(separator, from)) >= 0; from = to + 1) {
            fields.add(line.substring(from, to));
        }
        fields.add(line.substring(from));
        return fields;
    }

    private static boolean isNumber(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (word.charAt(i) < '0' || word.charAt(i) > '9') {
                return false;
            }
        }
        return !word.isEmpty();
    }

    private static boolean isId(String word) {
        return isNumber(word)
                && word.length() <= 10
                && (word.length() == 1 || word.charAt(0) != '0')
                && Long.parseLong(word) <= ID_MAX;
    }

    private static int id(String word) {
        if (!isId(word)) {
            throw new IllegalArgumentException(word + NO_ID);
        }
        return Integer.parseInt(word);
    }

    private static String quote(String words) {
        return '"' + words + '"';
    }
}
