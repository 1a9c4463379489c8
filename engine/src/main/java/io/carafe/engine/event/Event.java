package io.carafe.engine.event;

import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What was done to a thing, and when.
public record Event(Instant time, Deed deed) {
    /// The attribute that tells how a program has ended.
    public static final String EXIT_CODE = "exitCode";

    private static final long BILLION = 1_000_000_000;
    private static final String BEGIN = "{\"" + Deed.TIME + "\":";
    private static final int SIGNAL = 128;

    /// Nanoseconds since 1970.
    public long nanoseconds() {
        return time.getEpochSecond() * BILLION + time.getNano();
    }

    /// As the journal has it.
    public String line() {
        return BEGIN + nanoseconds() + "," + deed.rest();
    }

    /// One from a line of the journal. Whatever a writer that was killed has left before it is passed over.
    ///
    /// @return empty if there is none in it
    static Optional<Event> of(String line) {
        int begin = line.lastIndexOf(BEGIN);
        if (begin < 0) {
            return Optional.empty();
        }
        var problems = new ArrayList<Problem>();
        Node node = Node.of(line.substring(begin), "event", problems);
        if (!problems.isEmpty() || !node.isObject()) {
            return Optional.empty();
        }
        Optional<Event> event = read(node);
        return problems.isEmpty() ? event : Optional.empty();
    }

    private static Optional<Event> read(Node node) {
        Deed.Kind kind = null;
        for (Deed.Kind each : Deed.Kind.values()) {
            if (each.word().equals(node.get(Deed.KIND).text())) {
                kind = each;
            }
        }
        if (kind == null) {
            return Optional.empty(); // of a later version
        }
        var attributes = new LinkedHashMap<String, String>();
        Long status = node.get(Deed.STATUS).number(0, Integer.MAX_VALUE);
        if (status != null) {
            attributes.put(EXIT_CODE, Integer.toString(code(status.intValue())));
        }
        for (Map.Entry<String, Node> each :
                node.get(Deed.ATTRIBUTES).properties().entrySet()) {
            attributes.put(each.getKey(), each.getValue().text());
        }
        long time = node.get(Deed.TIME).number(0, Long.MAX_VALUE, 0);
        try {
            Instant moment = Instant.ofEpochSecond(time / BILLION, time % BILLION);
            String action = node.get(Deed.ACTION).text();
            return Optional.of(
                    new Event(moment, new Deed(kind, action, node.get(Deed.ID).text(), attributes)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int code(int status) {
        int signal = status & 0x7f; // WTERMSIG
        return signal == 0 ? status >> 8 & 0xff : SIGNAL + signal;
    }

    /// As Docker's API tells it.
    public String json() {
        var json = new JsonWriter().beginObject();
        if (deed.kind() == Deed.Kind.CONTAINER || deed.kind() == Deed.Kind.IMAGE) {
            json.put("status", deed.action()).put("id", deed.id());
        }
        if (deed.kind() == Deed.Kind.CONTAINER) {
            json.put("from", deed.attributes().getOrDefault("image", ""));
        }
        json.put("Type", deed.kind().word()).put("Action", deed.action());
        json.name("Actor").beginObject().put("ID", deed.id()).put("Attributes", deed.attributes());
        return json.endObject()
                .put("scope", "local")
                .put("time", time.getEpochSecond())
                .put("timeNano", nanoseconds())
                .endObject()
                .text();
    }
}
