import org.jspecify.annotations.NullMarked;

/// A sandbox for one untrusted process, as a library. Read `package-info.java` of `io.carafe.sandbox` first.
///
/// A room gets its line here with its first class, since javac refuses to export an empty package: `exports
/// io.carafe.sandbox.R to io.carafe.engine;` for R in audit, executor, planner, seccomp, cgroup, host,
/// json, plan, linux. What avaje generates stands in `provides io.avaje.jsonb.spi.JsonbExtension with …`:
/// its compiler message says the line.
@NullMarked
@SuppressWarnings("module") // io.carafe.engine is compiled after this module
module io.carafe.sandbox {
    requires static org.jspecify;
    requires io.avaje.jsonb;
    requires static org.junit.jupiter.api; // for who writes tests with the room junit; nobody else needs it

    exports io.carafe.sandbox;
    exports io.carafe.sandbox.judge;
    exports io.carafe.sandbox.junit;
    exports io.carafe.sandbox.policy;
    exports io.carafe.sandbox.audit to
            io.carafe.engine;
    exports io.carafe.sandbox.cgroup to
            io.carafe.engine;
    exports io.carafe.sandbox.executor to
            io.carafe.engine;
    exports io.carafe.sandbox.forensic;
    exports io.carafe.sandbox.host to
            io.carafe.engine;
    exports io.carafe.sandbox.json to
            io.carafe.engine;
    exports io.carafe.sandbox.linux to
            io.carafe.engine;
    exports io.carafe.sandbox.plan to
            io.carafe.engine;
    exports io.carafe.sandbox.planner to
            io.carafe.engine;
    exports io.carafe.sandbox.seccomp to
            io.carafe.engine;
    exports io.carafe.sandbox.spec to
            io.carafe.engine;

    provides io.avaje.jsonb.spi.JsonbExtension with
            io.carafe.sandbox.jsonb.GeneratedJsonComponent;
}
