package io.carafe.engine.cli;

import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Glass;
import io.carafe.engine.metric.Growth;
import io.carafe.engine.metric.Holder;
import io.carafe.engine.metric.Watched;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who has descriptors open, and whose become more: `carafe top --fds`.
final class DescriptorTable {
    private static final Listed LIST = new Listed(
            List.of("CONTAINER", "PID", "FDS", "LIMIT", "GROWTH", "KINDS", "COMMAND"),
            List.of("Container", "Pid", "Fds", "Limit", "Growth", "Kinds", "Command"),
            List.of());
    private static final int LOOKS = 100; // that are kept: of a longer watch, the last

    private final Glass glass;
    private final List<String> words;
    private final @Nullable String format;
    private final List<List<Holder>> readings = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();

    /// @param words the containers
    DescriptorTable(Glass glass, List<String> words, @Nullable String format) {
        this.glass = glass;
        this.words = words;
        this.format = format;
    }

    /// @param count how many readings, if there is an end to them
    void show(Again screen, int count, Replies replies) {
        if (screen.isEndless()) {
            screen.show(() -> {
                look();
                return text() + (format == null ? "\n" + sentences() : "");
            });
            return;
        }
        look();
        for (int i = 1; i < count && screen.pause(); i++) {
            look();
        }
        replies.out(text());
        if (count > 1 && format == null) {
            replies.out("\n" + sentences());
        }
    }

    private void look() {
        List<Watched> containers = words.stream().map(glass::running).toList();
        readings.add(glass.holders(containers));
        times.add(System.nanoTime());
        if (readings.size() > LOOKS) {
            readings.removeFirst();
            times.removeFirst();
        }
    }

    private List<Growth> growing() {
        return Growth.of(readings, Duration.ofNanos(times.getLast() - times.getFirst()));
    }

    private String text() {
        List<Growth> growing = growing();
        return LIST.text(
                format,
                readings.getLast().stream().map(it -> cells(it, growing)).toList());
    }

    private static List<String> cells(Holder holder, List<Growth> growing) {
        int more = growing.stream()
                .filter(it -> it.last().equals(holder))
                .mapToInt(Growth::more)
                .sum();
        long limit = holder.descriptors().limit();
        return List.of(
                holder.container(),
                Integer.toString(holder.pid()),
                Integer.toString(holder.descriptors().count()),
                limit < 0 ? "unlimited" : Long.toString(limit),
                more == 0 ? "-" : "+" + more,
                holder.descriptors().text(),
                holder.command());
    }

    private String sentences() {
        var text = new StringBuilder();
        growing().forEach(it -> text.append(it.sentence()).append('\n'));
        return text.isEmpty() ? "no process's descriptors grew\n" : text.toString();
    }
}
