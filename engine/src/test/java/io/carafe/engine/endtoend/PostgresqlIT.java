package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database that has its files in a volume: Debian's PostgreSQL. What it has said is committed is there in the next
/// container, and after a kill -9 in the middle of its work.
@EndToEnd
class PostgresqlIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @TempDir
    Path directory;

    private Path root;

    @BeforeEach
    void makeRoot() {
        root = Rootfs.postgresql();
    }

    /// `c` is the program, `pg NAME` starts a container, `sql` asks its database.
    private Run shell(String script) {
        return Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", directory + "/data"),
                        Path.of("/"),
                        List.of("bash", "-c", """
                        set -e
                        c() { %1$s "$@"; }
                        bin=$(echo %2$s/usr/lib/postgresql/*/bin); bin=${bin#%2$s}
                        data=/var/lib/postgresql/data
                        options="--rootfs %2$s -u postgres -v pg:$data:U --secret password"
                        pg() {
                            c run -d --name $1 $options $bin/postgres -D $data/main -k /tmp -c listen_addresses= >/dev/null
                            until c exec $1 $bin/pg_isready -qh /tmp; do sleep 0.1; done
                        }
                        gone() { until c rm -f $1 >/dev/null 2>&1; do sleep 0.1; done; } # its monitor may be at it
                        sql() { c exec $1 psql -qtAh /tmp postgres -c "$2"; }
                        echo 'one secret' | c secret create password - >/dev/null
                        c run --rm $options $bin/initdb -A trust -D $data/main --pwfile=/run/secrets/password >/dev/null
                        """.formatted(Carafe.PROGRAM, root) + script))
                .finish(DEADLINE);
    }

    @Test
    void whatWasCommittedIsInTheNextContainer() {
        Run run = shell("""
                pg one
                sql one 'create table t (id int); insert into t select generate_series(1, 1000)'
                c stop one >/dev/null
                gone one
                pg two
                sql two 'select count(*) from t'
                gone two
                c volume rm pg
                """);
        assertThat(run.out()).as(run.err()).isEqualTo("1000\npg\n");
    }

    /// Each line that psql prints is an insert that the database has said is committed.
    @Test
    void whatWasAcknowledgedIsThereAfterItWasKilledAtItsWork() throws IOException {
        Run run = shell("""
                pg one
                sql one 'create table t (id int primary key)'
                for worker in 1 2 3; do
                    (seq ${worker}000000 ${worker}999999 | sed 's/.*/insert into t values (&) returning id;/' |
                        c exec -i one psql -qtAh /tmp postgres >%1$s/acknowledged$worker 2>/dev/null || true) &
                done
                until [ "$(cat %1$s/acknowledged* | wc -l)" -ge 600 ]; do sleep 0.05; done
                c kill -s KILL one >/dev/null
                wait
                c wait one
                gone one
                pg two
                sql two 'select id from t' | sort >%1$s/kept
                cat %1$s/acknowledged* | grep -xE '[0-9]{7}' | sort >%1$s/acknowledged
                comm -23 %1$s/acknowledged %1$s/kept | wc -l
                echo acknowledged: $(wc -l <%1$s/acknowledged)
                gone two
                """.formatted(directory));
        assertThat(run.out()).as(run.err()).matches("137\n0\nacknowledged: [0-9]{3,}\n");
        assertThat(Files.readAllLines(directory.resolve("kept"))).hasSizeGreaterThanOrEqualTo(600);
    }
}
