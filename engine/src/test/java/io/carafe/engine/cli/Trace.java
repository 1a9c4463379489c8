package io.carafe.engine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What strace(1) wrote about one process, and how it compares with what `explain` says.
final class Trace {
    /// What C libraries and the executor's supervision do on their own. It changes nothing.
    private static final Set<String> OWN = Set.of(
            "arch_prctl",
            "brk",
            "clock_gettime",
            "close",
            "close_range",
            "exit_group",
            "fcntl",
            "gettid",
            "mmap",
            "munmap",
            "nanosleep",
            "poll",
            "recvmsg",
            "rt_sigaction",
            "rt_sigprocmask",
            "sendmsg",
            "set_tid_address",
            "signalfd4",
            "socketpair",
            "wait4");

    /// A call as strace and `explain` write it.
    record Call(String name, List<String> arguments, String result) {
        static Call parse(String line) {
            int open = line.indexOf('(');
            int close = end(line, open);
            String rest = line.substring(close + 1).strip();
            return new Call(
                    line.substring(0, open),
                    split(line.substring(open + 1, close)),
                    rest.startsWith("= ") ? rest.substring(2) : rest);
        }

        boolean isOptional() {
            return result.startsWith("/* if ");
        }

        /// Whether this call, explained, is that one, made. A word in small letters stands for any descriptor.
        boolean is(Call made) {
            if (!name.equals(made.name) || (arguments.size() < made.arguments.size() && made.name.equals("execve"))) {
                return false;
            }
            for (int i = 0; i < Math.min(arguments.size(), made.arguments.size()); i++) {
                if (!same(arguments.get(i), made.arguments.get(i))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return name + "(" + String.join(", ", arguments) + ") " + result;
        }
    }

    private Trace() {}

    static List<Call> read(Path file) throws IOException {
        var calls = new ArrayList<Call>();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("+++") && !line.startsWith("---") && line.indexOf('(') > 0) {
                calls.add(Call.parse(line));
            }
        }
        return calls;
    }

    /// The first difference, or "".
    ///
    /// @param also names of calls that the process makes on its own besides
    static String difference(List<Call> explained, List<Call> made, Set<String> also) {
        int next = 0;
        for (Call call : made) {
            int at = next;
            while (at < explained.size()
                    && !explained.get(at).is(call)
                    && explained.get(at).isOptional()) {
                at++;
            }
            if (at < explained.size() && explained.get(at).is(call)) {
                next = at + 1;
            } else if (!OWN.contains(call.name) && !also.contains(call.name) && !call.result.startsWith("-1 EBUSY")) {
                return "made: " + call + "\nexplained: " + (at < explained.size() ? explained.get(at) : "nothing more");
            }
        }
        while (next < explained.size() && explained.get(next).isOptional()) {
            next++;
        }
        return next == explained.size() ? "" : "made: nothing more\nexplained: " + explained.get(next);
    }

    private static boolean same(String explained, String made) {
        String is = withoutComment(made);
        if (explained.chars().allMatch(Character::isLowerCase) || explained.equals("{}")) {
            return true;
        }
        if (explained.startsWith("{")) {
            Map<String, String> fields = fields(is);
            return fields(explained).entrySet().stream()
                    .allMatch(field -> same(field.getValue(), fields.getOrDefault(field.getKey(), "(none)")));
        }
        if (explained.startsWith("\"") || explained.startsWith("[")) {
            return explained.equals(is);
        }
        if (explained.endsWith(")") && is.endsWith(")")) {
            return Call.parse(explained).is(Call.parse(is));
        }
        return flags(explained).equals(flags(is));
    }

    private static Map<String, String> fields(String struct) {
        var fields = new LinkedHashMap<String, String>();
        if (struct.startsWith("{")) {
            for (String field : split(struct.substring(1, end(struct, 0)))) {
                int equals = field.indexOf('=');
                fields.put(
                        equals < 0 ? field : field.substring(0, equals), withoutComment(field.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static Set<String> flags(String words) {
        var flags = new HashSet<String>();
        for (String word : words.split("\\|")) {
            if (word.equals("0x80102")) { // strace 6.1 knows no names for the argument of TIOCGPTPEER
                flags.addAll(Set.of("O_RDWR", "O_NOCTTY", "O_CLOEXEC"));
            } else if (!Set.of("O_LARGEFILE", "O_RDONLY", "IPPROTO_IP").contains(word)) { // 0, and what musl adds
                String number =
                        word.matches("-?[0-9].*") && !word.contains("<<") ? Long.toString(Long.decode(word)) : word;
                flags.add(number);
            }
        }
        flags.remove("0");
        return flags;
    }

    private static String withoutComment(String text) {
        return text.endsWith(" */") ? text.substring(0, text.lastIndexOf(" /* ")) : text;
    }

    private static List<String> split(String text) {
        var parts = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"', '(', '[', '{' -> i = end(text, i);
                case ',' -> {
                    parts.add(text.substring(from, i).strip());
                    from = i + 1;
                }
                default -> {}
            }
        }
        if (!text.substring(from).isBlank()) {
            parts.add(text.substring(from).strip());
        }
        return parts;
    }

    /// Where what opens at a place closes.
    private static int end(String text, int open) {
        char close = ")]}\"".charAt("([{\"".indexOf(text.charAt(open)));
        for (int i = open + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == close) {
                return i;
            } else if (close == '"') {
                i += c == '\\' ? 1 : 0;
            } else if ("([{\"".indexOf(c) >= 0) {
                i = end(text, i);
            }
        }
        throw new IllegalArgumentException("nothing closes what opens at " + open + ": " + text);
    }
}
