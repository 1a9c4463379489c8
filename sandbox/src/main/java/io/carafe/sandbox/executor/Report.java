package io.carafe.sandbox.executor;

import io.carafe.sandbox.plan.Plan.Part;
import io.carafe.sandbox.plan.Utf8;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a box ended, as the executor tells it: `struct report` of `native/wire.h` and what follows it.
///
/// @param timedOut   the executor killed it, its time being over
/// @param killed     the executor killed it, being told so
/// @param unwatched  the executor was killed, and the box with it: the status then is a guess
/// @param part       of the step that failed
/// @param step       its index in that part; -1 if it isn't about one step
/// @param error      its error number; of a program that ended: why its output couldn't be written on, or 0
/// @param status     of the program, as waitpid(2) has it; of a [Step.Start] that failed the step inside
/// @param code       of a failed one: what a shell is told, [ExitCode]
/// @param wall       from the clone to the end
/// @param user       processor time of the program and of those of its children that it waited for
/// @param peakMemory bytes, of the largest process
/// @param logError   why lines of its log are missing, or 0
/// @param undoStep   the first undo step that failed, -1 if none did
/// @param kernel     what the kernel itself says of the failed step, often ""
/// @param process    of a box with a [io.carafe.sandbox.plan.Step.Monitor]: its program's number, as the
///     executor had it; 0 if it never ran
/// @param collected  texts by the index of the undo step that read them
/// @param before     of a box that waited for the rest of its plan: what the same undo steps would have read
///     then
/// @param paths      of a box with a [io.carafe.sandbox.plan.Step.Monitor]: where those were read, likewise
public record Report(
        Outcome outcome,
        boolean timedOut,
        boolean killed,
        boolean unwatched,
        Part part,
        int step,
        int error,
        int status,
        int code,
        Duration wall,
        Duration user,
        Duration system,
        long peakMemory,
        int logError,
        int undoStep,
        int undoError,
        String kernel,
        int process,
        Map<Integer, String> collected,
        Map<Integer, String> before,
        Map<Integer, String> paths) {

    /// What it came to.
    public enum Outcome {
        /// The program ran.
        ENDED,
        /// A step failed. Nothing of the box runs any more.
        FAILED,
        /// The plan is malformed. Nothing was done.
        REFUSED,
        /// All of a detached plan was done, and stays.
        DONE
    }

    /// The most that the executor sends: the report and 64 KiB of evidence.
    public static final int SIZE_MAX = 72 + (64 << 10);

    private static final int ENDED_BY_TIMEOUT = 1;
    private static final int ENDED_BY_REQUEST = 2;
    private static final int ENDED_UNWATCHED = 4;
    private static final int FAILED_CODE = 8;
    private static final int EVIDENCE_KERNEL = -1;
    private static final int ENDED_EARLY = 8;
    private static final int EVIDENCE_BEFORE = 0x20000000;
    private static final int EVIDENCE_PROCESS = -2;
    private static final int EVIDENCE_PATH = 0x40000000;

    /// Of a box that never waited.
    public Report(
            Outcome outcome,
            boolean timedOut,
            boolean killed,
            boolean unwatched,
            Part part,
            int step,
            int error,
            int status,
            int code,
            Duration wall,
            Duration user,
            Duration system,
            long peakMemory,
            int logError,
            int undoStep,
            int undoError,
            String kernel,
            int process,
            Map<Integer, String> collected,
            Map<Integer, String> paths) {
        this(
                outcome,
                timedOut,
                killed,
                unwatched,
                part,
                step,
                error,
                status,
                code,
                wall,
                user,
                system,
                peakMemory,
                logError,
                undoStep,
                undoError,
                kernel,
                process,
                collected,
                Map.of(),
                paths);
    }

    /// All of a plan was done, and there is no more to say.
    public static Report done() {
        return new Report(
                Outcome.DONE,
                false,
                false,
                false,
                Part.OUTSIDE,
                -1,
                0,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0,
                -1,
                0,
                "",
                0,
                Map.of(),
                Map.of());
    }

    public Report {
        collected = Map.copyOf(collected);
        before = Map.copyOf(before);
        paths = Map.copyOf(paths);
    }

    /// Whether there is still something to undo: it is said once more then. Only of a box that waited.
    static boolean isEarly(byte[] bytes) {
        return bytes.length >= 8 && (bytes[4] & ENDED_EARLY) != 0;
    }

    /// Reads what came over the control channel.
    ///
    /// @throws IllegalArgumentException if the bytes aren't a report
    public static Report decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            Outcome outcome = one(Outcome.values(), in.getInt() - 1);
            int flags = in.getInt();
            Part part = one(Part.values(), in.getInt());
            int step = in.getInt();
            int error = in.getInt();
            int status = in.getInt();
            Duration wall = Duration.ofNanos(in.getLong());
            Duration user = Duration.ofNanos(in.getLong() * 1000);
            Duration system = Duration.ofNanos(in.getLong() * 1000);
            long peakMemory = in.getLong() << 10;
            int undoStep = in.getInt();
            int undoError = in.getInt();
            int logError = in.getInt();
            Map<Integer, String> evidence = evidence(in);
            String kernel = evidence.remove(EVIDENCE_KERNEL);
            int process = process(evidence.remove(EVIDENCE_PROCESS));
            Map<Integer, String> before = taken(evidence, EVIDENCE_BEFORE);
            Map<Integer, String> paths = taken(evidence, EVIDENCE_PATH);
            return new Report(
                    outcome,
                    (flags & ENDED_BY_TIMEOUT) != 0,
                    (flags & ENDED_BY_REQUEST) != 0,
                    (flags & ENDED_UNWATCHED) != 0,
                    part,
                    step,
                    error,
                    status,
                    outcome == Outcome.FAILED ? code(flags >>> FAILED_CODE & 0xff) : 0,
                    wall,
                    user,
                    system,
                    peakMemory,
                    logError,
                    undoStep,
                    undoError,
                    kernel == null ? "" : kernel,
                    process,
                    evidence,
                    before,
                    paths);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the executor's report is cut off after " + bytes.length + " bytes", e);
        }
    }

    private static int code(int told) {
        return told == 0 ? ExitCode.NO_BOX : told; // its keeper couldn't say more
    }

    private static int process(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static Map<Integer, String> evidence(ByteBuffer in) {
        int length = in.getInt();
        if (length != in.remaining()) {
            throw new IllegalArgumentException("%d bytes of evidence, not %d".formatted(in.remaining(), length));
        }
        Map<Integer, String> evidence = new HashMap<>();
        while (in.hasRemaining()) {
            int index = in.getInt();
            int size = in.getInt();
            if (size < 0 || size > in.remaining()) {
                throw new IllegalArgumentException("evidence of " + Integer.toUnsignedString(size) + " bytes");
            }
            byte[] text = new byte[size];
            in.get(text);
            evidence.put(index, Utf8.decode(text));
        }
        return evidence;
    }

    private static Map<Integer, String> taken(Map<Integer, String> evidence, int mark) {
        Map<Integer, String> marked = new HashMap<>();
        for (int index : List.copyOf(evidence.keySet())) {
            if ((index & mark) != 0) {
                marked.put(index ^ mark, evidence.remove(index));
            }
        }
        return marked;
    }

    private static <E> E one(E[] values, int index) {
        if (index < 0 || index >= values.length) {
            throw new IllegalArgumentException(
                    "the executor's report has " + index + " where one of " + values.length + " kinds should be");
        }
        return values[index];
    }
}
