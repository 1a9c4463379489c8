package io.carafe.engine.container;

/// When a container is started again that has ended: Docker's words.
///
/// @param most how often at most, for [Kind#ON_FAILURE]; 0 for as often as needed
public record RestartPolicy(Kind kind, int most) {
    /// Which ends it is for.
    public enum Kind {
        NO,
        /// Of a program that failed.
        ON_FAILURE,
        /// Whatever it was, until somebody stops it; after a reboot even then.
        ALWAYS,
        /// Whatever it was, until somebody stops it.
        UNLESS_STOPPED
    }

    public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);
    private static final String FAILURE = "on-failure";

    /// Reads one.
    ///
    /// @throws IllegalArgumentException if it is none
    public static RestartPolicy of(String word) {
        return switch (word) {
            case "no", "" -> NO;
            case "always" -> new RestartPolicy(Kind.ALWAYS, 0);
            case "unless-stopped" -> new RestartPolicy(Kind.UNLESS_STOPPED, 0);
            default -> onFailure(word);
        };
    }

    private static RestartPolicy onFailure(String word) {
        String number = word.startsWith(FAILURE + ":") ? word.substring(FAILURE.length() + 1) : "0";
        if ((word.equals(FAILURE) || word.startsWith(FAILURE + ":")) && number.matches("[0-9]{1,9}")) {
            return new RestartPolicy(Kind.ON_FAILURE, Integer.parseInt(number));
        }
        throw new IllegalArgumentException("it is no, on-failure[:TIMES], always or unless-stopped");
    }

    /// Whether a container is started again that nobody has stopped.
    ///
    /// @param restarts how often it was already
    /// @param code     the exit code of its end
    public boolean again(int restarts, int code) {
        return switch (kind) {
            case NO -> false;
            case ON_FAILURE -> code != 0 && (most == 0 || restarts < most);
            case ALWAYS, UNLESS_STOPPED -> true;
        };
    }

    /// Docker's word for the kind.
    public String word() {
        return switch (kind) {
            case NO -> "no";
            case ON_FAILURE -> FAILURE;
            case ALWAYS -> "always";
            case UNLESS_STOPPED -> "unless-stopped";
        };
    }

    @Override
    public String toString() {
        return most == 0 ? word() : word() + ":" + most;
    }
}
