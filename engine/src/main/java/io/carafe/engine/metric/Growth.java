package io.carafe.engine.metric;

import io.carafe.sandbox.executor.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A process whose open descriptors become more and more: the one that leaks them.
///
/// @param first of the first reading
/// @param last  of the last one
/// @param time  between them
/// @param kinds by how many the descriptors of each kind grew, those that did
public record Growth(Holder last, int first, Duration time, Map<Descriptor, Integer> kinds) {
    /// Those that grew from the first reading to the last, and at no reading had become fewer; the fastest first. Two
    /// readings can't tell a leak from a busy moment: whoever wants to be sure takes more.
    ///
    /// @param readings in their order
    /// @param time     between the first and the last
    public static List<Growth> of(List<List<Holder>> readings, Duration time) {
        var growing = new ArrayList<Growth>();
        for (Holder last : readings.isEmpty() ? List.<Holder>of() : readings.getLast()) {
            List<Holder> history = history(last, readings);
            int first = history.getFirst().descriptors().count();
            boolean steady = history.size() == readings.size() && isSteady(history);
            if (steady && last.descriptors().count() > first) {
                growing.add(new Growth(last, first, time, kinds(history.getFirst(), last)));
            }
        }
        growing.sort(Comparator.comparingInt(Growth::more).reversed());
        return growing;
    }

    private static List<Holder> history(Holder process, List<List<Holder>> readings) {
        var history = new ArrayList<Holder>();
        for (List<Holder> reading : readings) {
            reading.stream()
                    .filter(it -> it.pid() == process.pid() && it.began() == process.began())
                    .forEach(history::add);
        }
        return history;
    }

    private static boolean isSteady(List<Holder> history) {
        for (int i = 1; i < history.size(); i++) {
            if (history.get(i).descriptors().count()
                    < history.get(i - 1).descriptors().count()) {
                return false;
            }
        }
        return true;
    }

    private static Map<Descriptor, Integer> kinds(Holder first, Holder last) {
        Map<Descriptor, Integer> kinds = new EnumMap<>(Descriptor.class);
        last.descriptors().kinds().forEach((kind, count) -> {
            int more = count - first.descriptors().kinds().getOrDefault(kind, 0);
            if (more > 0) {
                kinds.put(kind, more);
            }
        });
        return kinds;
    }

    /// By how many.
    public int more() {
        return last.descriptors().count() - first;
    }

    /// `process 4711 (sh -c …) of sidecar opens descriptors and doesn't close them: 10 to 60 in 5 s, 50 file; at this
    /// pace its limit of 1024 is reached in 97 s`
    public String sentence() {
        var counts = new HashMap<Descriptor, Integer>(kinds);
        String text = "process %d (%s) of %s opens descriptors and doesn't close them: %d to %d in %s, %s"
                .formatted(
                        last.pid(),
                        brief(last.command()),
                        last.container(),
                        first,
                        last.descriptors().count(),
                        seconds(time),
                        new Descriptors(0, 0, counts).text() + " more");
        long left = last.descriptors().limit() - last.descriptors().count();
        if (last.descriptors().limit() <= 0 || more() <= 0) {
            return text;
        }
        long seconds = Math.round(left * (time.toMillis() / 1000.0) / more());
        return text + "; at this pace its limit of " + last.descriptors().limit() + " is reached in "
                + seconds(Duration.ofSeconds(Math.max(seconds, 0)));
    }

    private static String brief(String command) {
        return command.length() > 60 ? command.substring(0, 59) + "…" : command;
    }

    private static String seconds(Duration time) {
        return Words.time(Duration.ofMillis(time.toMillis() / 100 * 100));
    }
}
