package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.judge.Batch;
import io.carafe.sandbox.judge.Job;
import io.carafe.sandbox.judge.JobJson;
import io.carafe.sandbox.judge.Judge;
import io.carafe.sandbox.judge.Judged;
import io.carafe.sandbox.judge.Verdict;
import io.carafe.sandbox.judge.VerdictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `carafe judge --batch`: jobs as lines of JSON, verdicts as lines of JSON. A line is read when there is a
/// worker for it.
final class JudgeBatch {
    private final Arguments arguments;
    private final Invocation caller;
    private final Replies replies;
    private final Map<Long, String> ids = new HashMap<>();
    private final Map<Long, String> wrong = new HashMap<>();
    private boolean any; // line that is no job

    JudgeBatch(Arguments arguments, Invocation caller, Replies replies) {
        this.arguments = arguments;
        this.caller = caller;
        this.replies = replies;
    }

    /// @param base what a job has unless its line says otherwise
    void run(Job base) {
        if (!arguments.operands().isEmpty()) {
            throw new UsageError("with --batch the jobs are in the file: "
                    + arguments.operands().getFirst() + " is no part of it");
        }
        int workers = JudgeFlags.number(
                arguments, JudgeCommand.JOBS, Runtime.getRuntime().availableProcessors());
        Batch.Order order = Boolean.TRUE.equals(arguments.on(JudgeCommand.UNORDERED))
                ? Batch.Order.AS_THEY_END
                : Batch.Order.AS_GIVEN;
        String file = Objects.requireNonNull(arguments.last(JudgeCommand.BATCH), "asked before");
        try (var lines = new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8));
                Judge judge = JudgeEvidence.judge(workers, arguments, caller);
                Batch batch = judge.batch(new Jobs(lines, base), order)) {
            Optional<Judged> next = batch.next();
            while (next.isPresent() && replies.isHeard()) {
                Judged judged = next.get();
                String id = Objects.requireNonNullElse(ids.remove(judged.number()), "");
                String why = wrong.remove(judged.number());
                Verdict verdict = why == null ? judged.verdict() : Verdict.internalError(why);
                replies.out(VerdictJson.text(id, judged.number(), verdict) + "\n");
                next = batch.next();
            }
            replies.exit(any ? VerdictText.NO_VERDICT : 0);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new EngineException.Failed("judge jobs from " + file, new IOException(e));
        } catch (IOException e) {
            throw new EngineException.Failed("read jobs from " + file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw JudgeCommand.interrupted();
        }
    }

    private InputStream open(String file) throws IOException {
        return file.equals("-") ? new ReplyInput(replies) : CallerPath.open(file, caller);
    }

    /// One a line; empty lines are passed over.
    private final class Jobs implements Iterator<Job> {
        private final BufferedReader lines;
        private final Job base;
        private @Nullable String line;
        private long number;
        private long lineNumber;

        Jobs(BufferedReader lines, Job base) {
            this.lines = lines;
            this.base = base;
        }

        @Override
        public boolean hasNext() {
            try {
                while (line == null || line.isBlank()) {
                    line = lines.readLine();
                    lineNumber++;
                    if (line == null) {
                        return false;
                    }
                }
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Job next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String text = Objects.requireNonNull(line, "hasNext");
            line = null;
            long mine = number++;
            try {
                JobJson read = JobJson.parse(text, base, Path.of(caller.directory()));
                ids.put(mine, read.id());
                return read.job();
            } catch (RuntimeException e) { // or a policy of its that can't be meant
                wrong.put(mine, "line " + lineNumber + ": " + e.getMessage());
                any = true;
                return Job.UNTRUSTED; // without a command: nothing is run
            }
        }
    }
}
