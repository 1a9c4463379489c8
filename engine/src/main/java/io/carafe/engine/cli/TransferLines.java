package io.carafe.engine.cli;

import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.engine.Transfer;
import io.carafe.engine.store.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Shows how far blobs have come: on a terminal a line for each that is under way, drawn anew a few times a
/// second, below those that are done; elsewhere a line for each when it is done. Nothing is wider than the
/// terminal, and what is drawn anew is never higher.
///
/// It is also how we know whether somebody still waits: a front that is gone is noticed when something is sent to it.
final class TransferLines implements Consumer<Transfer>, AutoCloseable {
    private static final long TICK = 100; // milliseconds
    private static final int QUIET_TICKS = 10; // where nothing is drawn
    private static final int LEAST_FOR_BAR = 60; // columns

    private final Consumer<String> text;
    private final boolean draws;
    private final boolean silent;
    private final int rows;
    private final int columns;
    private final Map<Digest, Transfer> all = new LinkedHashMap<>();
    private final List<Transfer> done = new ArrayList<>(); // not shown yet
    private final Thread drawing;
    private int drawn; // lines
    private int tick;
    private boolean changed;
    private boolean closed;

    /// @param silent shows nothing
    TransferLines(Invocation invocation, Replies replies, boolean silent) {
        this(invocation, replies::out, invocation.terminal().output(), silent);
    }

    /// On standard error.
    static TransferLines onError(Invocation invocation, Replies replies) {
        return new TransferLines(invocation, replies::err, invocation.terminal().error(), false);
    }

    private TransferLines(Invocation invocation, Consumer<String> text, boolean terminal, boolean silent) {
        this.text = text;
        this.silent = silent;
        boolean dumb = invocation.environment().getOrDefault("TERM", "").equals("dumb");
        this.draws = !silent && terminal && !dumb;
        this.rows = Math.max(
                4,
                invocation.terminal().rows() == 0 ? 24 : invocation.terminal().rows());
        this.columns = invocation.terminal().columns() == 0
                ? 80
                : invocation.terminal().columns();
        this.drawing = Thread.ofVirtual().name("progress").unstarted(this::draw);
    }

    /// Begins to show.
    TransferLines start() {
        drawing.start();
        return this;
    }

    @Override
    public synchronized void accept(Transfer transfer) {
        changed = true;
        if (transfer.isLast()) {
            if (all.remove(transfer.blob()) != null) {
                done.add(transfer);
            }
        } else {
            all.put(transfer.blob(), transfer);
        }
    }

    private void draw() {
        while (true) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                show(true);
            }
            try {
                Thread.sleep(TICK);
            } catch (InterruptedException e) {
                return; // it is closed
            }
        }
    }

    /// @param more whether more is to come
    private void show(boolean more) {
        var text = new StringBuilder();
        if (changed || !more) {
            if (drawn > 0) {
                text.append("\033[" + drawn + "A\033[J");
                drawn = 0;
            }
            for (Transfer transfer : done) {
                text.append(silent ? "" : line(transfer)).append(silent ? "" : "\n");
            }
            done.clear();
            if (draws && more) {
                underWay(text);
            }
            changed = false;
        }
        if (!text.isEmpty() || ++tick % QUIET_TICKS == 0) {
            this.text.accept(text.toString());
        }
    }

    private void underWay(StringBuilder text) {
        int most = rows - 2;
        int left = all.size();
        for (Transfer transfer : all.values()) {
            if (drawn == most - 1 && left > 1) {
                text.append("and ").append(left).append(" more\n");
                drawn++;
                break;
            }
            text.append(line(transfer)).append('\n');
            drawn++;
            left--;
        }
    }

    /// `a2abf6c4d29d: Downloading [=====>        ]  12.3MB/29.1MB`
    String line(Transfer transfer) {
        String begin = transfer.blob().brief() + ": " + words(transfer.state());
        if (transfer.state() != Transfer.State.DOWNLOADING && transfer.state() != Transfer.State.UPLOADING) {
            return cut(begin);
        }
        String end = "  " + Amount.size(transfer.done()) + "/" + Amount.size(transfer.size());
        int room = Math.min(52, columns - 1 - begin.length() - end.length() - 3);
        if (columns < LEAST_FOR_BAR || room < 10) {
            return cut(begin + end);
        }
        int full = transfer.size() == 0 ? 0 : (int) (transfer.done() * (room - 1) / transfer.size());
        return begin + " [" + "=".repeat(full) + ">" + " ".repeat(room - 1 - full) + "]" + end;
    }

    /// A line of the terminal's whole width would make two of some.
    private String cut(String line) {
        return draws && line.length() >= columns ? line.substring(0, Math.max(1, columns - 1)) : line;
    }

    private static String words(Transfer.State state) {
        return switch (state) {
            case WAITING -> "Waiting";
            case ELSEWHERE -> "Waiting for another process";
            case DOWNLOADING -> "Downloading";
            case UNPACKING -> "Extracting";
            case PULLED -> "Pull complete";
            case UPLOADING -> "Pushing";
            case PUSHED -> "Pushed";
            case MOUNTED -> "Mounted from another repository";
            case EXISTS -> "Already exists";
        };
    }

    /// Shows what came at last. Only what is under way goes.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            show(false);
        }
        drawing.interrupt();
    }
}
