package io.carafe.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.metric.Facts.Ending;
import io.carafe.engine.metric.Facts.Sent;
import io.carafe.engine.metric.Facts.Span;
import io.carafe.engine.metric.KernelLog.Entry;
import io.carafe.engine.metric.Why.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is said of an ending; the kernel's lines are of Linux 6.18.
class WhyTest {
    private static final String ID = "8c800449b32d013cb2555a8bc8cad7b5ffad539cfab8b635d81830cf95eef183";
    private static final String KERNEL = """
            <4>[44116.351141] sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=900
            <6>[44116.351300] [  pid  ]   uid  tgid total_vm      rss rss_anon rss_file name
            <6>[44116.351304] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=%1$s,mems_allowed=0,oom_memcg=/p/%1$s,task_memcg=/p/%1$s,task=sh,pid=4452,uid=0
            <3>[44116.351317] Memory cgroup out of memory: Killed process 4452 (sh) total-vm:43236kB, anon-rss:20228kB, file-rss:1456kB, shmem-rss:0kB, UID:0 pgtables:88kB oom_score_adj:900
            <5>[45336.604257] audit: type=1326 audit(1795362265.408:315): auid=4294967295 uid=0 gid=0 ses=4294967295 pid=8917 comm="sysk" exe="/tmp/sysk" sig=31 arch=c000003e syscall=63 compat=0 ip=0x7f1450e60829 code=0x80000000
            <6>[45400.000001] a b[99]: segfault at 0 ip 000055d7 sp 00007ffd error 4 in prog[55d7,1000]
            """.formatted(ID);

    private static KernelLog log() {
        return KernelLog.parse(KERNEL, Duration.ZERO);
    }

    private static Facts facts(Ending ending, Map<String, String> files, KernelLog log) {
        return facts(ending, files, log, Sent.NOBODY);
    }

    private static Facts facts(Ending ending, Map<String, String> files, KernelLog log, Sent sent) {
        return new Facts(
                "web",
                ending,
                "sh -c app",
                4452,
                Span.ANY,
                ID,
                64 << 20,
                100,
                Evidence.of(files),
                log,
                sent,
                "",
                List.of("last\u001b words"));
    }

    @Test
    void theKernelsLinesAreRead() {
        assertThat(log().entries())
                .containsExactly(
                        new Entry.OutOfMemory(
                                Duration.ofSeconds(44116, 351304000), 4452, "sh", "/p/" + ID, "/p/" + ID, 21684 << 10),
                        new Entry.Seccomp(Duration.ofSeconds(45336, 604257000), 8917, "sysk", 31, "uname"),
                        new Entry.Fault(
                                Duration.ofSeconds(45400, 1000),
                                99,
                                "a b",
                                "segfault at 0 ip 000055d7 sp 00007ffd error 4 in prog[55d7,1000]"));
    }

    @Test
    void aNameThatMakesUpALineIsNoEntry() {
        assertThat(KernelLog.parse("<6>[1.000000] x\noom-kill:constraint=,oom_memcg=/p,task_memcg=/p\n", Duration.ZERO)
                        .entries())
                .isEmpty();
        assertThat(KernelLog.parse(
                                "<5>[1.000000] audit: type=1326 audit(1.1:3): pid=5 comm=6120620A exe=\"/x\" sig=31"
                                        + " arch=c000003e syscall=165 compat=0\n",
                                Duration.ZERO)
                        .entries())
                .containsExactly(new Entry.Seccomp(Duration.ofSeconds(1), 5, "a b\\x0a", 31, "mount"));
    }

    @Test
    void wantOfMemoryHasItsVictimAndItsFigures() {
        Why why = Why.of(facts(
                new Ending.Signalled(9),
                Map.of(
                        "memory.oom_control",
                        "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
                        "memory.max_usage_in_bytes",
                        "67108864\n"),
                log()));
        assertThat(why.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
        assertThat(why.sentences())
                .containsExactly(
                        "web was ended by SIGKILL (signal 9) from the kernel, for want of memory",
                        "the kernel killed process 4452 (sh), which had 21.2 MiB resident: the container's first process",
                        "its limit was 64 MiB, the most that it had was 64 MiB, 1 process was killed in all");
        assertThat(why.lines()).containsExactly("last\\x1b words");
        assertThat(why.json()).startsWith("{\"Cause\":\"out-of-memory\",\"Sentences\":[\"web was ended");
    }

    @Test
    void anInitTellsOfItsChildsEnd() {
        Why why = Why.of(facts(new Ending.Exited(137), Map.of("memory.events", "max 5\noom_kill 1\n"), log()));
        assertThat(why.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
        assertThat(why.sentences().getFirst())
                .isEqualTo("web ended with code 137, which stands for SIGKILL (signal 9) from the kernel, for want of"
                        + " memory");
    }

    @Test
    void aKillWithoutASenderOfOursIsSaidToBeSomebodyElses() {
        Why why = Why.of(facts(new Ending.Signalled(9), Map.of(), new KernelLog(List.of(), "")));
        assertThat(why.cause()).isEqualTo(Cause.KILLED);
        assertThat(why.sentences())
                .containsExactly("web was ended by SIGKILL (signal 9), and no command of Carafe's sent it: another"
                        + " process of the host or of the container did, or the kernel");
    }

    @Test
    void aKillOfOursHasItsCommand() {
        Why why = Why.of(facts(
                new Ending.Signalled(9),
                Map.of(),
                new KernelLog(List.of(), ""),
                new Sent("carafe stop", "2026-11-22T15:00:00Z")));
        assertThat(why.cause()).isEqualTo(Cause.STOPPED);
        assertThat(why.sentences())
                .containsExactly("web was ended by SIGKILL (signal 9): carafe stop had asked for its end at"
                        + " 2026-11-22T15:00:00Z");
    }

    @Test
    void seccompHasTheCall() {
        var facts = new Facts(
                "web",
                new Ending.Signalled(31),
                "sysk",
                8917,
                Span.ANY,
                "",
                -1,
                -1,
                Evidence.NONE,
                log(),
                Sent.NOBODY,
                "",
                List.of());
        assertThat(Why.of(facts).sentences())
                .containsExactly(
                        "web was ended by SIGSYS (signal 31): its seccomp profile forbids the system call uname,"
                                + " which process 8917 (sysk) made");
        assertThat(Why.of(facts).cause()).isEqualTo(Cause.SECCOMP);
    }

    @Test
    void whatIsOlderThanTheContainerIsAnothers() {
        var later = new Span(Duration.ofSeconds(50000), Duration.ofSeconds(50001));
        var facts = new Facts(
                "web",
                new Ending.Signalled(31),
                "sysk",
                8917,
                later,
                "",
                -1,
                -1,
                Evidence.NONE,
                log(),
                Sent.NOBODY,
                "",
                List.of());
        assertThat(Why.of(facts).sentences().getFirst())
                .endsWith("which one isn't known, the kernel's log has nothing of it any more");
    }

    @Test
    void aCrashHasTheKernelsWords() {
        var facts = new Facts(
                "web",
                new Ending.Signalled(11),
                "prog",
                99,
                Span.ANY,
                "",
                -1,
                -1,
                Evidence.NONE,
                log(),
                Sent.NOBODY,
                "",
                List.of());
        assertThat(Why.of(facts).cause()).isEqualTo(Cause.CRASHED);
        assertThat(Why.of(facts).sentences()).last().asString().startsWith("the kernel says of it: segfault at 0");
    }

    @Test
    void theLimitOnProcessesIsMentioned() {
        Why why = Why.of(facts(new Ending.Exited(2), Map.of("pids.events", "max 12\n"), new KernelLog(List.of(), "")));
        assertThat(why.cause()).isEqualTo(Cause.FAILED);
        assertThat(why.sentences())
                .containsExactly(
                        "web ended by itself: process 4452 (sh -c app) exited with code 2",
                        "12 times no process or thread could be made at its limit of 100 on processes and threads");
    }

    @Test
    void codesOfShellsAreExplained() {
        assertThat(Why.of(facts(new Ending.Exited(127), Map.of(), new KernelLog(List.of(), "")))
                        .sentences())
                .last()
                .isEqualTo("127 is what a shell says of a command that it didn't find");
        assertThat(Why.of(facts(new Ending.Exited(0), Map.of(), new KernelLog(List.of(), "")))
                        .cause())
                .isEqualTo(Cause.FINISHED);
    }

    @Test
    void otherEndings() {
        var none = new KernelLog(List.of(), "");
        assertThat(Why.of(facts(new Ending.TimedOut(Duration.ofSeconds(90)), Map.of(), none))
                        .sentences())
                .containsExactly("web was killed after its time limit of 1 min 30 s");
        assertThat(Why.of(facts(new Ending.NotStarted("nope: not found", 127), Map.of(), none))
                        .sentences())
                .containsExactly(
                        "web did not start: nope: not found", "its exit code is 127: the program was not found");
        assertThat(Why.of(facts(new Ending.Unseen(), Map.of(), none)).cause()).isEqualTo(Cause.UNSEEN);
    }
}
