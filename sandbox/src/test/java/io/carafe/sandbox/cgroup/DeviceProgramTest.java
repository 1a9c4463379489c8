package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.DeviceRules.Access;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The program, and the lines for cgroup v1, against a plain reading of the rules.
class DeviceProgramTest {
    private static final Long[] NUMBERS = {null, 0L, 1L, 4095L};
    private static final String[] ACCESSES = {"r", "w", "m", "rw", "rm", "wm", "rwm"};

    private final List<Problem> problems = new ArrayList<>();

    @Test
    void everySingleRuleMeansWhatItSays() {
        for (boolean before : new boolean[] {true, false}) {
            for (boolean allow : new boolean[] {true, false}) {
                for (String type : List.of("a", "b", "c")) {
                    for (Long major : NUMBERS) {
                        for (Long minor : NUMBERS) {
                            for (String access : ACCESSES) {
                                agrees(List.of(
                                        new DeviceRule(before, "a", null, null, "rwm"),
                                        new DeviceRule(allow, type, major, minor, access)));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void laterRulesCountMore() {
        var random = new Random(36);
        for (int round = 0; round < 3000; round++) {
            var rules = new ArrayList<DeviceRule>();
            int count = random.nextInt(8);
            for (int i = 0; i < count; i++) {
                rules.add(new DeviceRule(
                        random.nextBoolean(),
                        List.of("a", "b", "c", "c").get(random.nextInt(4)),
                        NUMBERS[random.nextInt(3)],
                        NUMBERS[random.nextInt(3)],
                        ACCESSES[random.nextInt(ACCESSES.length)]));
            }
            agrees(rules);
        }
    }

    private void agrees(List<DeviceRule> asked) {
        DeviceRules rules = DeviceRules.of(asked, problems);
        assertThat(problems).isEmpty();
        List<Long> program = DeviceProgram.compile(rules);
        assertThat(DeviceMachine.reachesAll(program)).as("%s", asked).isTrue();
        var told = new ArrayList<Problem>();
        List<Access> lines = rules.onV1(told);
        for (char type : new char[] {'b', 'c'}) {
            for (int access = 1; access < 8; access++) {
                for (int major : new int[] {0, 1, 2, 4095}) {
                    for (int minor : new int[] {0, 1, 2, 4095}) {
                        boolean expected = expected(asked, type, access, major, minor);
                        assertThat(DeviceMachine.allows(program, type == 'b' ? 1 : 2, access, major, minor))
                                .as("%s: %s %d:%d access %d", asked, type, major, minor, access)
                                .isEqualTo(expected);
                        // an open for reading and writing needs one v1 exception that has both: never more is open
                        if (told.isEmpty() && (Integer.bitCount(access) == 1 || !expected)) {
                            assertThat(onV1(lines, type, access, major, minor))
                                    .as("%s on v1: %s %d:%d access %d", asked, type, major, minor, access)
                                    .isEqualTo(expected);
                        }
                    }
                }
            }
        }
    }

    /// For each kind of access: what the last rule says that speaks of it.
    private static boolean expected(List<DeviceRule> rules, char type, int access, int major, int minor) {
        for (int bit = 1; bit < 8; bit <<= 1) {
            boolean allowed = true;
            for (DeviceRule rule : rules) {
                boolean speaks = (rule.type().equals("a") || rule.type().charAt(0) == type)
                        && (rule.major() == null || rule.major() == major)
                        && (rule.minor() == null || rule.minor() == minor)
                        && rule.access().indexOf(bit == 1 ? 'm' : bit == 2 ? 'r' : 'w') >= 0;
                allowed = speaks ? rule.allow() : allowed;
            }
            if ((access & bit) != 0 && !allowed) {
                return false;
            }
        }
        return true;
    }

    /// security/device_cgroup.c: what holds for all, and the exceptions from it. Allowed by exceptions is what one of
    /// them allows whole; forbidden is what one of them has a part of.
    private static boolean onV1(List<Access> lines, char type, int access, int major, int minor) {
        boolean open = true;
        boolean whole = false;
        int parts = 0;
        for (Access line : lines) {
            if (line.text().equals("a")) {
                open = line.allow();
                continue;
            }
            assertThat(line.allow()).isNotEqualTo(open); // only exceptions: nothing is taken back
            String[] words = line.text().split("[ :]");
            int mask = (words[3].contains("m") ? 1 : 0)
                    | (words[3].contains("r") ? 2 : 0)
                    | (words[3].contains("w") ? 4 : 0);
            if (words[0].charAt(0) == type
                    && (words[1].equals("*") || Integer.parseInt(words[1]) == major)
                    && (words[2].equals("*") || Integer.parseInt(words[2]) == minor)) {
                parts |= access & mask;
                whole |= (access & ~mask) == 0;
            }
        }
        return open ? parts == 0 : whole;
    }
}
