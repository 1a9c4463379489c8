package io.carafe.engine.cli;

import io.carafe.engine.engine.PackedImage;
import io.carafe.engine.pack.Contents;
import io.carafe.engine.pack.Item;
import io.carafe.engine.pack.Item.Body;
import io.carafe.engine.pack.Reason;
import io.carafe.sandbox.json.JsonWriter;
import java.util.Locale;

/// What is in a packed image, for people and for programs.
final class PackText {
    private static final int MEGABYTE = 1_000_000;

    private PackText() {}

    /// A line for each file and link, with its size and why it is in.
    static String text(Contents contents) {
        var text = new StringBuilder();
        for (Item item : contents.items()) {
            if (item.reasons().isEmpty()) {
                continue; // a directory on the way to something
            }
            text.append("%10s  ".formatted(size(item.body()))).append(item.path());
            switch (item.body()) {
                case Body.Link link -> text.append(" -> ").append(link.target());
                case Body.Directory _ -> text.append('/');
                case Body.File _, Body.Made _ -> {}
            }
            text.append("\n            ").append(sentence(item.reasons().getFirst()));
            if (item.reasons().size() > 1) {
                text.append("; and ").append(item.reasons().size() - 1).append(" more");
            }
            text.append('\n');
        }
        text.append(sum(contents)).append('\n');
        if (!contents.openers().isEmpty()) {
            text.append("\nThese can load more, which nobody can tell beforehand (--dlopen LIB adds a library):\n");
            contents.openers()
                    .forEach(it -> text.append("            ").append(it).append('\n'));
        }
        return text.toString();
    }

    private static String size(Body body) {
        return switch (body) {
            case Body.File file -> Long.toString(file.size());
            case Body.Made made -> Long.toString(made.size());
            case Body.Link _ -> "link";
            case Body.Directory _ -> "directory";
        };
    }

    /// `34 files, 17.1 MB`
    private static String sum(Contents contents) {
        int files = 0;
        long bytes = 0;
        for (Item item : contents.items()) {
            switch (item.body()) {
                case Body.File file -> {
                    files++;
                    bytes += file.size();
                }
                case Body.Made made -> {
                    files++;
                    bytes += made.size();
                }
                case Body.Link _, Body.Directory _ -> {}
            }
        }
        return (files == 1 ? "1 file" : files + " files") + ", "
                + String.format(Locale.ROOT, "%.1f MB", (double) bytes / MEGABYTE);
    }

    /// What has been made.
    static String made(String name, PackedImage image) {
        return name + ": " + sum(image.contents()) + ", " + image.digest() + "\n";
    }

    static String warnings(String program, Contents contents) {
        var text = new StringBuilder();
        contents.notes()
                .forEach(it ->
                        text.append(program).append(": warning: ").append(it).append('\n'));
        return text.toString();
    }

    static String json(Contents contents) {
        var json = new JsonWriter();
        json.beginObject();
        json.put("entrypoint", contents.entrypoint());
        json.put("environment", contents.environment());
        json.put("architecture", contents.architecture());
        json.name("files").beginList();
        for (Item item : contents.items()) {
            json.beginObject().put("path", item.path());
            body(json, item.body());
            json.put("reasons", item.reasons().stream().map(PackText::sentence).toList());
            json.endObject();
        }
        json.endList();
        json.put("openers", contents.openers());
        json.put("warnings", contents.notes());
        json.endObject();
        return json.text() + "\n";
    }

    private static void body(JsonWriter json, Body body) {
        switch (body) {
            case Body.File file ->
                json.put("type", "file").put("size", file.size()).put("mode", "%04o".formatted(file.mode()));
            case Body.Made made ->
                json.put("type", "file").put("size", made.size()).put("mode", "0644");
            case Body.Link link -> json.put("type", "link").put("target", link.target());
            case Body.Directory directory ->
                json.put("type", "directory").put("mode", directory.sticky() ? "1777" : "0755");
        }
    }

    static String sentence(Reason reason) {
        return switch (reason) {
            case Reason.Asked _ -> "asked for";
            case Reason.Inside(var directory) -> "in " + directory;
            case Reason.Leads(var to) -> "on the way to " + to;
            case Reason.Alias(var directory) -> "another name of " + directory;
            case Reason.Needed(var by, var name, var via) -> by + " needs " + name + ", " + via(via);
            case Reason.Hidden(var by, var function) -> by + " calls " + function + "(), for which libc loads it";
            case Reason.Opened(var name, var via) -> "--dlopen " + name + ", " + via(via);
            case Reason.Loader(var of) -> "the loader that " + of + " names";
            case Reason.Configuration(var of) ->
                of.isEmpty()
                        ? "tells the loader of libraries outside its own directories"
                        : "tells the loader of " + of + " where libraries are";
            case Reason.Interpreter(var of) -> "the first line of " + of + " names it";
            case Reason.Command(var of) -> "the first line of " + of + " has env start it";
            case Reason.Java(var jar) -> "the runtime" + (jar.isEmpty() ? "" : " of " + jar);
            case Reason.ClassPath(var jar) -> "the Class-Path of " + jar + " names it";
            case Reason.With(var part) -> "--with " + part;
        };
    }

    private static String via(Reason.Via via) {
        String found = switch (via.how()) {
            case PATH -> "which is a path";
            case RPATH -> "found through RPATH " + via.directory() + " of " + via.of();
            case RUNPATH -> "found through RUNPATH " + via.directory() + " of " + via.of();
            case CACHE -> "found through /etc/ld.so.cache";
            case DEFAULT -> "found in the loader's own " + via.directory();
        };
        return via.processor().isEmpty() ? found : found + ", for processors of kind " + via.processor();
    }
}
