package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.spec.Capability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Which of a policy's capabilities a program can't do without. The kernel says that one is used only where it
/// is refused, so each is left out in turn, and stays out if the program still ends alike: by the same exit
/// code, after the same output. What is left at the end is what the last such run had.
public final class NeededCapabilities {
    private final Engine engine;
    private final RunOptions options;
    private final Policy policy;
    private final String cgroup;
    private final BooleanSupplier isHeard;

    /// @param options a box that was run by a policy
    /// @param policy  by which it is run now
    /// @param cgroup  the caller's
    /// @param isHeard whether anybody still waits
    public NeededCapabilities(
            Engine engine, RunOptions options, Policy policy, String cgroup, BooleanSupplier isHeard) {
        this.engine = engine;
        this.options = options;
        this.policy = policy;
        this.cgroup = cgroup;
        this.isHeard = isHeard;
    }

    private record End(int code, String output) {}

    /// Runs the program twice with all of them, and once without each.
    ///
    /// @param code what it ended with before
    /// @return empty if it doesn't end alike with all of them: then nothing follows from how it ends without
    ///     one
    public Optional<List<String>> search(int code) {
        End usual = end(policy.capabilities());
        if (usual.code() != code || !end(policy.capabilities()).equals(usual)) {
            return Optional.empty();
        }
        return Optional.of(least(policy.capabilities(), fewer -> end(fewer).equals(usual)));
    }

    /// Leaves out one after the other, as long as it does.
    static List<String> least(List<String> all, Predicate<List<String>> does) {
        List<String> kept = all;
        for (String one : all) {
            List<String> fewer = kept.stream().filter(it -> !it.equals(one)).toList();
            if (does.test(fewer)) {
                kept = fewer;
            }
        }
        return kept;
    }

    private End end(List<String> capabilities) {
        long mask = 0;
        for (String name : capabilities) {
            mask |= Capability.named(name).map(Capability::bit).orElse(0L);
        }
        var filter = new RunOptions.Filter.ByPolicy(policy.name(), PolicyFile.text(policy));
        Plan plan = engine.plan(Source.of(options.by(filter, mask), false), cgroup);
        try {
            var printed = new Printed(isHeard);
            Report report = BoxRun.of(plan, engine.host().kernel(), printed, false);
            if (!isHeard.getAsBoolean()) {
                throw new IOException("nobody waits for it any more");
            }
            return new End(ExitCode.of(plan, report), printed.digest());
        } catch (IOException e) {
            throw new EngineException.Failed("run the program again", e);
        }
    }

    /// What was printed, each stream by itself: how they mix is chance.
    private static final class Printed implements BoxListener {
        private final BooleanSupplier isHeard;
        private final MessageDigest out = sha256();
        private final MessageDigest err = sha256();
        private final List<String> said = new ArrayList<>();

        Printed(BooleanSupplier isHeard) {
            this.isHeard = isHeard;
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e); // every JVM has it
            }
        }

        @Override
        public void out(byte[] bytes) {
            out.update(bytes);
        }

        @Override
        public void err(String text) {
            err.update(text.getBytes(StandardCharsets.UTF_16LE)); // half a character is one, too
        }

        @Override
        public void say(String sentence) {
            said.add(sentence);
        }

        @Override
        public boolean isThere() {
            return isHeard.getAsBoolean();
        }

        String digest() {
            return HexFormat.of().formatHex(out.digest()) + HexFormat.of().formatHex(err.digest()) + said;
        }
    }
}
