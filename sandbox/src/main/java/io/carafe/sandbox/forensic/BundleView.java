package io.carafe.sandbox.forensic;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A snapshot for somebody to read. All of it comes from a box, so no character of it moves a
/// terminal's cursor.
///
/// @param json all of it, for a program
/// @param text who called what, where, and what was around
public record BundleView(String json, String text) {
    private static final int AROUND = 2;
    private static final int WORDS = 8;

    /// Reads one.
    ///
    /// @throws IOException if it is none, or damaged
    public static BundleView of(Path bundle) throws IOException {
        Node manifest = read(bundle, Bundle.MANIFEST);
        Node violation = manifest.get("violation");
        Node processes = read(bundle, "processes.json");
        String place = "process-" + violation.get("process").number(0, Integer.MAX_VALUE, 0);
        boolean known = Files.isDirectory(bundle.resolve(place));
        Node threads = known ? read(bundle, place + "/threads.json") : manifest.absent();
        Node descriptors = known ? read(bundle, place + "/descriptors.json") : manifest.absent();
        List<Mapping> maps = known
                ? Mapping.parse(Files.readString(bundle.resolve(place + "/maps"), StandardCharsets.UTF_8))
                : List.of();
        var json = new JsonWriter().beginObject();
        json.name("manifest").json(manifest.json());
        json.name("processes").json(processes.json());
        if (known) {
            json.name("threads").json(threads.json()).name("descriptors").json(descriptors.json());
        }
        var text = new StringBuilder();
        head(text, manifest, violation);
        tree(text, processes);
        if (known) {
            threads(text, threads);
            maps(text, maps, violation.get("address").text());
            descriptors(text, descriptors);
            text.append("\nopen it in a debugger: gdb ")
                    .append(plain(violation.get("executable").text()))
                    .append(' ')
                    .append(bundle.resolve(place + "/core"))
                    .append('\n');
        }
        return new BundleView(json.endObject().text(), text.toString());
    }

    /// A line for each snapshot in a directory, the oldest first: its time, its call and its name.
    public static List<String> lines(Path directory) throws IOException {
        List<Path> bundles;
        try (Stream<Path> entries = Files.list(directory)) {
            bundles = entries.filter(it -> Files.isDirectory(it, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        var lines = new ArrayList<String>();
        for (Path bundle : bundles) {
            boolean whole = Files.isRegularFile(bundle.resolve(Bundle.MANIFEST));
            Node violation = whole ? read(bundle, Bundle.MANIFEST).get("violation") : null;
            lines.add(
                    violation == null
                            ? bundle.getFileName() + "  has no manifest: whoever wrote it was killed, or it is none"
                            : "%s  %s  %s"
                                    .formatted(
                                            violation.get("time").text(),
                                            plain(violation.get("text").text()),
                                            bundle.getFileName()));
        }
        return lines;
    }

    private static Node read(Path bundle, String name) throws IOException {
        var problems = new ArrayList<Problem>();
        Node node = Node.of(Files.readString(bundle.resolve(name), StandardCharsets.UTF_8), name, problems);
        if (!problems.isEmpty()) {
            throw new IOException(name + " is damaged: " + problems.getFirst());
        }
        return node;
    }

    private static void head(StringBuilder text, Node manifest, Node violation) {
        line(text, "call", violation.get("text").text());
        line(text, "time", violation.get("time").text());
        line(text, "run", violation.get("run").text());
        line(
                text,
                "process",
                "%s (in the box %s), thread %s"
                        .formatted(
                                violation.get("process").json(),
                                violation.get("boxProcess").json(),
                                violation.get("thread").json()));
        line(text, "program", violation.get("executable").text());
        line(
                text,
                "from",
                "%s, %s+%s"
                        .formatted(
                                violation.get("address").text(),
                                violation.get("mapped").text(),
                                violation.get("offset").text()));
        line(
                text,
                "number",
                violation.get("number").json() + " of "
                        + violation.get("architecture").text());
        line(text, "box", manifest.get("freeze").text());
        for (String note : manifest.get("notes").texts()) {
            line(text, "note", note);
        }
    }

    private static void tree(StringBuilder text, Node processes) {
        text.append("\nprocesses\n");
        for (Node process : processes.objects()) {
            text.append("  %8s  parent %8s  in the box %6s  %s threads  %s\n"
                    .formatted(
                            process.get("process").json(),
                            process.get("parent").json(),
                            process.get("boxProcess").json(),
                            process.get("threads").json(),
                            plain(String.join(" ", process.get("command").texts()))));
        }
    }

    private static void threads(StringBuilder text, Node threads) {
        for (Node thread : threads.objects()) {
            text.append("\nthread ")
                    .append(thread.get("thread").json())
                    .append(' ')
                    .append(plain(thread.get("name").text()))
                    .append(thread.get("stopped").truth() ? "" : ": not stopped, registers from /proc")
                    .append('\n');
            int column = 0;
            for (Map.Entry<String, Node> register :
                    thread.get("registers").properties().entrySet()) {
                text.append("  %-8s %-18s"
                        .formatted(register.getKey(), register.getValue().text()));
                text.append(++column % 3 == 0 ? "\n" : "");
            }
            text.append(column % 3 == 0 ? "" : "\n").append("  stack");
            thread.get("stack").texts().stream()
                    .limit(WORDS)
                    .forEach(it -> text.append(' ').append(it));
            text.append('\n');
        }
    }

    /// Those around the instruction.
    private static void maps(StringBuilder text, List<Mapping> maps, String address) {
        long at = address.matches("0x[0-9a-f]{1,16}") ? Long.parseUnsignedLong(address.substring(2), 16) : 0;
        text.append("\nmapped around it\n");
        for (int i = 0; i < maps.size(); i++) {
            if (!maps.get(i).has(at)) {
                continue;
            }
            for (Mapping near : maps.subList(Math.max(0, i - AROUND), Math.min(maps.size(), i + AROUND + 1))) {
                text.append("%s %x-%x %s %s\n"
                        .formatted(
                                near.has(at) ? "*" : " ",
                                near.start(),
                                near.end(),
                                near.permissions(),
                                plain(near.path())));
            }
        }
    }

    private static void descriptors(StringBuilder text, Node descriptors) {
        text.append("\ndescriptors\n");
        for (Node fd : descriptors.objects()) {
            text.append("  %4s  %s\n"
                    .formatted(fd.get("number").json(), plain(fd.get("target").text())));
        }
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-8s ".formatted(name)).append(plain(value)).append('\n');
    }

    private static String plain(String text) {
        String quoted = Arguments.quoted(text);
        String bare = quoted.substring(1, quoted.length() - 1);
        return bare.replace("\\\"", "\"").replace("\\\\", "\\");
    }
}
