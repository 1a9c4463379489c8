package io.carafe.engine.container;

import java.util.Arrays;

/// A line of a container's log, or a part of one: the CRI's format (Kubernetes, "CRI container log format"), a time, a
/// stream, `P` for a part or `F` for the end of a line, and the text.
///
/// @param time   RFC 3339 with nanoseconds, in UTC
/// @param error  standard error
/// @param whole  the line ends here
/// @param bytes  without the line's end
@SuppressWarnings("ArrayRecordComponent") // what a program prints is no text until somebody knows better
public record LogLine(String time, boolean error, boolean whole, byte[] bytes) {
    private static final int TIME_MAX = 40;

    /// Reads one.
    ///
    /// @return what isn't a line of that format, as a line of standard output without a time
    static LogLine of(byte[] line, int from, int to) {
        int time = blank(line, from, Math.min(to, from + TIME_MAX));
        int stream = time < 0 ? -1 : blank(line, time + 1, to);
        int tag = stream < 0 ? -1 : blank(line, stream + 1, to);
        if (tag < 0) {
            return new LogLine("", false, true, Arrays.copyOfRange(line, from, to));
        }
        boolean error = line[time + 4] == 'e'; // stdout, stderr
        return new LogLine(
                new String(line, from, time - from, java.nio.charset.StandardCharsets.US_ASCII),
                error,
                line[stream + 1] == 'F',
                Arrays.copyOfRange(line, tag + 1, to));
    }

    private static int blank(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }
}
