// SPDX-License-Identifier: Apache-2.0

import io.carafe.sandbox.Result;
import io.carafe.sandbox.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The library's side of the rounds: for each line it reads, `true` or `hold`, it runs that program in a box, and
/// answers with how many nanoseconds that took. The JVM is warm by then: it has run boxes that nobody counts.
public final class Library {
    private static final int WARM_UPS = 100;

    private Library() {}

    /// @param arguments where the programs are, and what their names end with
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Sandbox nothing = box(arguments[0] + "/true" + arguments[1]);
        Sandbox stay = box(arguments[0] + "/hold" + arguments[1]);
        for (int i = 0; i < WARM_UPS; i++) {
            nothing.run();
        }
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            boolean timed = line.equals("true");
            long began = System.nanoTime();
            Result result = (timed ? nothing : stay).run();
            long took = System.nanoTime() - began;
            System.out.println(timed && result.exitCode() != 0 ? 0 : took); // 0: it did not run
        }
    }

    /// With root in it, as the peers have.
    private static Sandbox box(String program) {
        return Sandbox.builder().command(program).user(0, 0).pids(2048).build();
    }
}
