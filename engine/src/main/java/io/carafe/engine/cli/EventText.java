package io.carafe.engine.cli;

import io.carafe.engine.event.Deed;
import io.carafe.engine.event.Event;
import io.carafe.sandbox.json.Node;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An event as Docker prints it, or as `--format` says.
final class EventText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    private final @Nullable Template template;
    private final boolean json;

    /// @param format null for Docker's lines
    EventText(@Nullable String format) {
        json = "json".equals(format) || "{{json .}}".equals(format);
        template = format == null || json ? null : Template.of(format);
    }

    String of(Event event) {
        if (json) {
            return event.json();
        }
        return template == null ? line(event) : template.apply(Node.of(event.json(), "event", new ArrayList<>()));
    }

    /// The time, the kind, what was done, to what, and what else is known of it by name.
    private static String line(Event event) {
        Deed deed = event.deed();
        var attributes = new StringJoiner(", ", " (", ")");
        attributes.setEmptyValue("");
        new TreeMap<>(deed.attributes()).forEach((name, value) -> attributes.add(name + "=" + value));
        return printable(TIME.format(event.time()) + " " + deed.kind().word() + " " + deed.action() + " " + deed.id()
                + attributes);
    }

    /// What a label or a command has in it is a stranger's: none of it moves a terminal's cursor.
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
