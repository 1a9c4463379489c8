package io.carafe.engine.event;

import io.carafe.sandbox.json.JsonWriter;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Something that is done to a thing, before it is known when: Docker's words, where there are any.
///
/// @param action     `start`, `die`, `pull`
/// @param id         of the thing: a container's id, an image's or a volume's name
/// @param attributes what else is known: a container's labels, image and name, an exit code
public record Deed(Kind kind, String action, String id, Map<String, String> attributes) {
    static final String TIME = "time";
    static final String STATUS = "status";
    static final String KIND = "kind";
    static final String ACTION = "action";
    static final String ID = "id";
    static final String ATTRIBUTES = "attributes";

    public Deed {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /// What kind of thing.
    public enum Kind {
        CONTAINER,
        IMAGE,
        NETWORK,
        POD,
        SECRET,
        VOLUME;

        /// Docker's word.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The same, with one attribute more.
    public Deed with(String name, String value) {
        var more = new LinkedHashMap<>(attributes);
        more.put(name, value);
        return new Deed(kind, action, id, more);
    }

    /// It is done now.
    public Event at(Instant time) {
        return new Event(time, this);
    }

    /// A line of the journal for one who knows no more than the time: what stands before and after the nanoseconds
    /// since 1970.
    public List<String> pieces() {
        return List.of("{\"" + TIME + "\":", "," + rest());
    }

    /// Likewise for one who knows how a program has ended too, as waitpid(2) has it: that comes third of five.
    public List<String> piecesWithStatus() {
        return List.of("{\"" + TIME + "\":", ",\"" + STATUS + "\":", "," + rest());
    }

    /// All but the first brace.
    String rest() {
        return new JsonWriter()
                .beginObject()
                .put(KIND, kind.word())
                .put(ACTION, action)
                .put(ID, id)
                .put(ATTRIBUTES, attributes)
                .endObject()
                .text()
                .substring(1);
    }
}
