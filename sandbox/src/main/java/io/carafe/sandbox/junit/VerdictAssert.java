package io.carafe.sandbox.junit;

import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.judge.Status;
import io.carafe.sandbox.judge.Verdict;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// What a test expects of a verdict. What isn't so is an [AssertionError] that tells all of the verdict.
public final class VerdictAssert {
    private static final int SHOWN = 2000; // characters of what a program wrote

    private final Verdict verdict;

    private VerdictAssert(Verdict verdict) {
        this.verdict = verdict;
    }

    public static VerdictAssert assertThat(Verdict verdict) {
        return new VerdictAssert(verdict);
    }

    /// It ended with exit code 0, within its limits.
    public VerdictAssert isOk() {
        return hasStatus(Status.OK);
    }

    public VerdictAssert hasStatus(Status status) {
        return check("status " + status, () -> verdict.status() == status);
    }

    public VerdictAssert exitsWith(int code) {
        return check("exit code " + code, () -> verdict.exitCode() == code && verdict.signal() == 0);
    }

    /// A signal ended it.
    ///
    /// @param signal its number: 11 is `SIGSEGV`
    public VerdictAssert diesOf(int signal) {
        return check("signal " + signal, () -> verdict.signal() == signal);
    }

    /// This is all that it wrote to its standard output.
    public VerdictAssert prints(String text) {
        return check(
                "to print exactly\n" + text,
                () -> !verdict.stdout().truncated() && verdict.stdout().text().equals(text));
    }

    /// The same, but for blanks at the ends of lines and empty lines at the end.
    public VerdictAssert printsLines(String text) {
        return check(
                "to print the lines\n" + text,
                () -> !verdict.stdout().truncated()
                        && lines(verdict.stdout().text()).equals(lines(text)));
    }

    private static String lines(String text) {
        return text.replaceAll("[ \t\r]+(\n|$)", "$1").stripTrailing();
    }

    /// This is somewhere in what it wrote to its standard error.
    public VerdictAssert complains(String text) {
        return check(
                "to write to its standard error: " + text,
                () -> verdict.stderr().text().contains(text));
    }

    public VerdictAssert takesAtMost(Duration cpu) {
        return check(
                "at most " + cpu.toMillis() + " ms of processor time",
                () -> verdict.cpu().compareTo(cpu) <= 0);
    }

    /// Its memory stayed below this.
    ///
    /// @param bytes its peak
    public VerdictAssert needsAtMost(long bytes) {
        return check("at most " + bytes + " bytes of memory", () -> verdict.peakMemory() <= bytes);
    }

    /// A file that was fetched has this in it.
    public VerdictAssert leaves(String name, String text) {
        return check(
                "file " + name + " with\n" + text,
                () -> verdict.files().stream()
                        .filter(file -> file.name().equals(name))
                        .map(FetchedFile::content)
                        .anyMatch(content -> content.text().equals(text)));
    }

    private VerdictAssert check(String expected, BooleanSupplier holds) {
        if (!holds.getAsBoolean()) {
            throw new AssertionError("expected " + expected + "\nbut it was " + verdict.status() + ": "
                    + verdict.message() + "\nexit code " + verdict.exitCode() + ", signal " + verdict.signal() + ", "
                    + verdict.cpu().toMillis() + " ms of processor time, "
                    + verdict.wall().toMillis() + " ms, " + verdict.peakMemory() + " bytes\nstandard output:\n"
                    + shown(verdict.stdout().text()) + "\nstandard error:\n"
                    + shown(verdict.stderr().text()) + "\nnot copied out: " + verdict.notes());
        }
        return this;
    }

    private static String shown(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + " …";
    }
}
