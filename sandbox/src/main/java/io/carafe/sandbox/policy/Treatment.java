package io.carafe.sandbox.policy;

import io.carafe.sandbox.linux.Errno;

/// What becomes of a system call.
public sealed interface Treatment {
    /// It is made.
    record Allow() implements Treatment {
        @Override
        public String word() {
            return "allow";
        }
    }

    /// [Policy#forbidden] says what happens: the program has no business with it.
    record Forbid() implements Treatment {
        @Override
        public String word() {
            return "forbid";
        }
    }

    /// It fails, and nobody is told: a runtime tries it, and copes.
    ///
    /// @param errno 1 to 133
    record Refuse(int errno) implements Treatment {
        @Override
        public String word() {
            return Errno.name(errno);
        }
    }

    Treatment ALLOW = new Allow();
    Treatment FORBID = new Forbid();

    /// As a policy file has it: `allow`, `forbid`, or the error's name, `ENOSYS`.
    String word();
}
