package io.carafe.sandbox.judge;

import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.plan.Utf8;

/// A verdict as a line of JSON: times in nanoseconds, sizes in bytes. What programs wrote is text; a byte
/// that isn't part of UTF-8 is the escape `\\udc00` + byte.
public final class VerdictJson {
    private VerdictJson() {}

    /// The line, without its end.
    ///
    /// @param id     the job's own, "" for none
    /// @param number which of a batch it was, -1 for none
    public static String text(String id, long number, Verdict verdict) {
        var json = new JsonWriter().beginObject();
        if (!id.isEmpty()) {
            json.put("id", id);
        }
        if (number >= 0) {
            json.put("number", number);
        }
        json.put("status", verdict.status().name())
                .put("message", verdict.message())
                .put("exitCode", verdict.exitCode())
                .put("signal", verdict.signal())
                .put("cpuNanos", verdict.cpu().toNanos())
                .put("wallNanos", verdict.wall().toNanos())
                .put("peakMemory", verdict.peakMemory())
                .put("forksRefused", verdict.forksRefused())
                .put("written", verdict.written())
                .put("truncated", verdict.truncated())
                .put("stdout", Utf8.decode(verdict.stdout().bytes()))
                .put("stderr", Utf8.decode(verdict.stderr().bytes()));
        json.name("files").beginList();
        for (FetchedFile file : verdict.files()) {
            json.beginObject()
                    .put("name", file.name())
                    .put("mode", file.mode())
                    .put("size", file.size())
                    .put("truncated", file.content().truncated())
                    .endObject();
        }
        json.endList().put("notes", verdict.notes());
        verdict.violation().ifPresent(violation -> json.put("violation", violation.text()));
        return json.endObject().text();
    }
}
