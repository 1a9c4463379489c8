package io.carafe.sandbox.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test, or all tests of a class, that run programs in boxes. Their methods can take a
/// [io.carafe.sandbox.judge.Job], which has these limits, and a [io.carafe.sandbox.judge.Judge], which has
/// as many workers as there are processors. Where no box can be made, for want of root, they are skipped
/// and say so.
///
/// ```java
/// @Sandboxed(cpuMillis = 500)
/// class AnswerTest {
///     @Test
///     void addsTwoNumbers(Job job) throws Exception {
///         Verdict verdict = job.file("a.py", Content.of(answer)).input(Content.of("1 2\n")).run("python3",
///         "a.py");
///         VerdictAssert.assertThat(verdict).isOk().prints("3\n");
///     }
/// }
/// ```
///
/// What isn't said is as [io.carafe.sandbox.judge.Limits#DEFAULT] has it.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(SandboxedExtension.class)
@SuppressWarnings("exports") // whoever uses it has JUnit
public @interface Sandboxed {
    /// Processor time of all processes of a program, in milliseconds; -1 for the default.
    long cpuMillis() default -1;

    /// Time from its start, in milliseconds; -1 for the default.
    long wallMillis() default -1;

    /// Bytes; -1 for the default.
    long memory() default -1;

    /// Processes and threads; -1 for the default.
    int processes() default -1;

    /// Whether each program has a processor for itself.
    boolean pinned() default false;
}
