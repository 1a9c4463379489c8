package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.fail;

import io.carafe.sandbox.spec.Capability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `strace -f` wrote about a `carafe run`, and its comparison with explained calls.
///
/// @param calls in the order in which they began
record Trace(List<Call> calls) {
    private static final Pattern LINE = Pattern.compile("(\\d+) +(.*)");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)");
    /// Strace's words, and ours.
    private static final Map<String, String> SPELLINGS =
            Map.of("IPPROTO_IP", "0", "0x80102", "O_RDWR|O_NOCTTY|O_CLOEXEC");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x([0-9a-f]+)");
    /// Rights that an older strace has no words for.
    private static final Map<String, String> LANDLOCK = Map.of(
            "0x4000", "LANDLOCK_ACCESS_FS_TRUNCATE",
            "0x8000", "LANDLOCK_ACCESS_FS_IOCTL_DEV",
            "0xc000", "LANDLOCK_ACCESS_FS_TRUNCATE|LANDLOCK_ACCESS_FS_IOCTL_DEV");
    private static final String UNFINISHED = " <unfinished ...>";

    /// @param text `name(argument, …) = result`
    record Call(String process, String text) {
        String name() {
            return text.substring(0, text.indexOf('('));
        }

        /// What executor, keeper and box say to each other: a `struct note` (native/box.h).
        boolean isNote() {
            return name().equals("write") && text.contains(", 272");
        }
    }

    static Trace of(String text) {
        var calls = new ArrayList<Call>();
        Map<String, Integer> unfinished = new HashMap<>();
        for (String line : text.split("\n")) {
            Matcher words = LINE.matcher(line);
            if (!words.matches()
                    || words.group(2).startsWith("---")
                    || words.group(2).startsWith("+++")) {
                continue;
            }
            String process = words.group(1);
            String call = words.group(2);
            Matcher resumed = RESUMED.matcher(call);
            if (resumed.matches()) {
                int begun = unfinished.remove(process);
                calls.set(begun, new Call(process, calls.get(begun).text + resumed.group(1)));
            } else if (call.endsWith(UNFINISHED)) {
                unfinished.put(process, calls.size());
                calls.add(new Call(process, call.substring(0, call.length() - UNFINISHED.length())));
            } else {
                calls.add(new Call(process, call));
            }
        }
        return new Trace(calls);
    }

    /// What the executor does up to the box's beginning: from when the front has become it.
    Trace executor() {
        return part(first(), "execveat", "clone3");
    }

    /// What the executor does from then on.
    Trace undoer() {
        return part(first(), "clone3", "");
    }

    /// What the process does that becomes the box, and with an init its child, up to the program.
    Trace box() {
        String first = first();
        String box = null;
        var others = new ArrayList<String>(List.of(first));
        var inside = new ArrayList<Call>();
        for (Call call : calls) {
            if (call.process.equals(first) && call.name().equals("clone3")) {
                box = result(call);
            } else if (call.process.equals(first) && call.name().equals("fork")) {
                others.add(result(call)); // the keeper
            }
        }
        boolean executed = false;
        for (Call call : calls) {
            boolean isInit = call.process.equals(box)
                    && inside.stream().anyMatch(c -> c.name().equals("fork"));
            if (!others.contains(call.process) && !isInit && !executed) {
                inside.add(call);
                executed = call.name().equals("execve") && result(call).equals("0");
            }
        }
        return new Trace(inside);
    }

    /// Fails unless the calls are the explained ones, but for those that begin as one of `ignored` does. A call
    /// that is explained with a condition may be missing.
    ///
    /// @param more whether other calls may follow the last one
    void follows(List<String> explained, List<String> ignored, boolean more) {
        int at = 0;
        for (Call call : calls) {
            int next = at;
            while (next < explained.size()
                    && !matches(explained.get(next), call.text)
                    && isConditional(explained.get(next))) {
                next++;
            }
            if (next < explained.size() && matches(explained.get(next), call.text)) {
                at = next + 1;
            } else if (!call.isNote()
                    && ignored.stream().noneMatch(call.text::startsWith)
                    && !(more && at == explained.size())) {
                fail(
                        "called:    %s%nexplained: %s%nafter:     %s",
                        call.text,
                        at < explained.size() ? explained.get(at) : "nothing more",
                        at > 0 ? explained.get(at - 1) : "nothing");
            }
        }
        while (at < explained.size() && isConditional(explained.get(at))) {
            at++;
        }
        if (at < explained.size()) {
            fail("explained and never called: %s", explained.get(at));
        }
    }

    private String first() {
        return calls.getFirst().process;
    }

    private Trace part(String process, String from, String to) {
        var part = new ArrayList<Call>();
        boolean inside = false;
        for (Call call : calls) {
            if (!call.process.equals(process)) {
                continue;
            }
            if (inside) {
                part.add(call);
            }
            if (call.name().equals(from)) {
                inside = true;
            } else if (call.name().equals(to)) {
                return new Trace(part);
            }
        }
        return new Trace(part);
    }

    private static String result(Call call) {
        return call.text.substring(call.text.lastIndexOf("= ") + 2).strip();
    }

    private static boolean isConditional(String explained) {
        return explained.contains(" /* if ");
    }

    private static boolean matches(String explained, String called) {
        List<String> words = arguments(explained.replaceAll(" /\\* if .*", ""));
        List<String> actual = arguments(called.replaceAll(" /\\*.*?\\*/", "").replaceAll("\\) += .*", ")"));
        while (words.size() > actual.size()
                && name(called).equals("prctl")
                && words.getLast().equals("0")) {
            words.removeLast(); // strace leaves out what prctl(2) doesn't look at
        }
        if (!name(explained).equals(name(called)) || words.size() > actual.size()) {
            return false;
        }
        for (int i = 0; i < words.size(); i++) {
            if (!same(words.get(i), actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static String name(String call) {
        return call.substring(0, call.indexOf('('));
    }

    /// A word in lower case stands for a descriptor or a buffer, and may be anything. Of a structure only the
    /// fields that are explained are compared.
    private static boolean same(String explained, String called) {
        if (explained.matches("[a-z]+|\\{}|\\{SCM_RIGHTS.*")) {
            return true;
        }
        if (explained.startsWith("{") && called.startsWith("{")) {
            for (String field : split(explained.substring(1, explained.length() - 1))) {
                String name = field.substring(0, field.indexOf('=') + 1);
                List<String> fields = split(called.substring(1, called.lastIndexOf('}')));
                boolean cut = fields.contains("...") && fields.stream().noneMatch(other -> other.startsWith(name));
                if (!cut
                        && fields.stream()
                                .noneMatch(other -> other.startsWith(name)
                                        && same(field.substring(name.length()), other.substring(name.length())))) {
                    return false;
                }
            }
            return true;
        }
        return plain(explained).equals(plain(called));
    }

    /// Flags in one order and without those that say nothing, numbers without zeros before them.
    private static String plain(String argument) {
        if (argument.startsWith("\"") || argument.startsWith("[")) {
            return argument;
        }
        if (argument.startsWith("~[")) {
            return argument.replaceAll(" ?(RTMIN|RT_1|RT_2)", ""); // those that musl keeps to itself
        }
        if (SPELLINGS.containsKey(argument)) {
            return plain(SPELLINGS.get(argument));
        }
        if (argument.startsWith("makedev(")) {
            return HEXADECIMAL.matcher(argument).replaceAll(it -> Long.toString(Long.parseLong(it.group(1), 16)));
        }
        if (argument.startsWith("1<<CAP_") || argument.startsWith("0x")) {
            return plain(Long.toString(mask(argument)));
        }
        var flags = new TreeSet<String>();
        for (String flag : argument.split("\\|")) {
            flags.addAll(Arrays.asList(LANDLOCK.getOrDefault(flag, flag).split("\\|")));
        }
        flags.removeAll(List.of("O_RDONLY", "O_LARGEFILE", "000"));
        return String.join("|", flags).replaceAll("^0+(?=\\d)", "").replaceAll("^0$", "");
    }

    private static long mask(String argument) {
        if (argument.startsWith("0x")) {
            return Long.parseLong(argument.substring(2), 16);
        }
        return Arrays.stream(argument.split("\\|"))
                .mapToLong(capability ->
                        Capability.named(capability.substring(3)).orElseThrow().bit())
                .sum();
    }

    private static List<String> arguments(String call) {
        return split(call.substring(call.indexOf('(') + 1, call.lastIndexOf(')')));
    }

    /// At commas that stand in no quotes and no brackets.
    private static List<String> split(String text) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                part.append(c).append(text.charAt(++i));
                continue;
            }
            quoted ^= c == '"';
            if (!quoted) {
                depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            }
            if (c == ',' && depth == 0 && !quoted) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        if (!part.toString().isBlank()) {
            parts.add(part.toString().strip());
        }
        return parts;
    }
}
