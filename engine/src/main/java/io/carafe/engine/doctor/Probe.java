package io.carafe.engine.doctor;

import io.carafe.engine.doctor.Finding.Status;
import java.util.function.Function;

/// One capability: its name, what it is for, and how it is tried.
///
/// @param group   the part of the list
/// @param name    stable, unique, documented in `docs/doctor.md`
/// @param purpose what it is good for, told when it isn't there; a phrase
/// @param trial   tries it
record Probe(String group, String name, String purpose, Function<Machine, Result> trial) {

    /// What a trial came to. See [Finding] for the words.
    record Result(Status status, String detail, String fix) {}

    static Result works(String detail) {
        return new Result(Status.WORKS, detail, "");
    }

    static Result inPart(String lost, String fix) {
        return new Result(Status.IN_PART, lost, fix);
    }

    static Result missing(String detail, String fix) {
        return new Result(Status.MISSING, detail, fix);
    }

    static Result unknown(String why, String fix) {
        return new Result(Status.UNKNOWN, why, fix);
    }

    Finding find(Machine machine) {
        Result result = trial.apply(machine);
        boolean needed = result.status == Status.MISSING || result.status == Status.UNKNOWN;
        String detail = needed && !purpose.isEmpty() ? purpose + ": " + result.detail : result.detail;
        return new Finding(group, name, result.status, detail, result.fix);
    }
}
