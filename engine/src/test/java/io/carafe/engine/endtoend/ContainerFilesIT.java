package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files come out of containers and go into them, whatever these do meanwhile: docker-cp(1), and row 16 of
/// the known attacks (CVE-2018-15664, CVE-2019-14271).
@EndToEnd
class ContainerFilesIT {
    @TempDir
    Path directory;

    @BeforeEach
    void importAnImage() throws IOException {
        get("""
                mkdir -p files/bin files/etc/dir files/srv files/tmp files/proc
                cp $(command -v busybox) files/bin/busybox
                for it in sh sleep cat ls mkdir ln rm mv touch chown stat sha256sum tar find sort echo readlink id; do
                    ln -s busybox files/bin/$it
                done
                echo here >files/etc/here
                echo inner >files/etc/dir/inner
                tar -C files -c . | $carafe import -c 'CMD ["sleep", "1000"]' -c 'ENV A=image' -c 'VOLUME /data' - bb:1
                """);
    }

    @AfterEach
    void removeContainers() {
        run("$carafe rm -f $($carafe ps -aq) || true");
    }

    private Run run(String script) {
        String prologue = "set -e; cd $dir; export CARAFE_DATA_ROOT=$dir/data\n";
        return Carafe.started(Map.of("dir", directory.toString()), directory, List.of("bash", "-c", prologue + script))
                .finish();
    }

    private String get(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    private String error(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isNotZero();
        return run.err();
    }

    @Test
    void filesGoIntoAContainerThatRunsAndComeBack() {
        assertThat(get("""
                        $carafe run -d --name web bb:1 >/dev/null
                        mkdir -p site/deep; echo page >site/index; echo below >site/deep/page; ln -s index site/link
                        chown 1234:1234 site/index
                        $carafe cp site web:/srv
                        $carafe cp site/. web:/etc/dir
                        $carafe cp site/index web:/etc/new
                        $carafe cp -a site/index web:/tmp
                        $carafe cp - web:/tmp < <(tar -C site -c deep)
                        $carafe exec web sh -c 'cd /; find srv etc/dir etc/new tmp | sort; cat /etc/new'
                        $carafe exec web stat -c %u:%g /srv/site/index /tmp/index
                        $carafe cp web:/srv/site back; cat back/deep/page; readlink back/link
                        $carafe cp web:/etc/here - | tar -xO
                        """)).isEqualTo("""
                        etc/dir
                        etc/dir/deep
                        etc/dir/deep/page
                        etc/dir/index
                        etc/dir/inner
                        etc/dir/link
                        etc/new
                        srv
                        srv/site
                        srv/site/deep
                        srv/site/deep/page
                        srv/site/index
                        srv/site/link
                        tmp
                        tmp/deep
                        tmp/deep/page
                        tmp/index
                        page
                        0:0
                        1234:1234
                        below
                        index
                        here""");
    }

    @Test
    void oneThatNeverRanAndOneThatHasEndedTakeFilesToo() {
        assertThat(get("""
                        echo one >file
                        $carafe create --name job bb:1 cat /etc/here /etc/file >/dev/null
                        $carafe cp file job:/etc
                        $carafe cp file job:/etc/here
                        $carafe cp job:/etc/file copy; cat copy
                        $carafe start -a job
                        echo two >file
                        $carafe cp file job:/etc/file
                        $carafe start -a job
                        """)).isEqualTo("one\none\none\none\ntwo");
    }

    @Test
    void whatIsMountedIsSeenAsTheContainerSeesIt() {
        assertThat(get("""
                        mkdir shared; echo host >shared/file; echo new >new
                        $carafe run -d --name web -v $dir/shared:/mnt bb:1 >/dev/null
                        $carafe cp web:/mnt/file -  | tar -xO
                        $carafe cp new web:/mnt
                        $carafe stop -t 0 web >/dev/null
                        $carafe cp web:/mnt/new -  | tar -xO
                        $carafe cp new web:/mnt/again
                        ls shared
                        """)).isEqualTo("host\nnew\nagain\nfile\nnew");
        assertThat(error("$carafe start web >/dev/null; $carafe cp web:/proc/version ."))
                .contains("kernel makes up");
    }

    @Test
    void whatIsInTheWayIsSaid() {
        get("$carafe run -d --name web bb:1; echo x >file; mkdir there");
        assertThat(error("$carafe cp file web:/no/where")).contains("there is no directory /no/ in container web");
        assertThat(error("$carafe cp there web:/etc/here")).contains("/etc/here is no directory in container web");
        assertThat(error("$carafe cp nothing web:/etc")).contains("there is no nothing");
        assertThat(error("$carafe cp web:/none .")).contains("there is no /none in container web");
        assertThat(error("$carafe cp web:/etc web:/srv")).contains("from container to container");
        assertThat(error("$carafe cp file ghost:/etc")).contains("container ghost does not exist");
        assertThat(error("$carafe cp file bb:1:/etc")).contains("an image is never changed");
    }

    @Test
    void whatCarafeMadeForItselfIsNoChange() {
        get("$carafe run -d --name web bb:1 sleep 100");
        assertThat(get("$carafe diff web")).isEqualTo("A /data"); // which the image has for a volume
        assertThat(get("$carafe exec web busybox chmod 700 /etc; $carafe diff web"))
                .isEqualTo("A /data\nC /etc");
        assertThat(get("$carafe commit web bb:2 >/dev/null; $carafe diff bb:2")).isEqualTo("A /data\nC /etc");
    }

    @Test
    void whatAContainerHasChangedIsToldAndBecomesAnImage() {
        assertThat(get("""
                        $carafe run -d --name web -e B=2 -w /srv --label l=1 -v /own bb:1 >/dev/null
                        $carafe exec web sh -c 'echo new >/srv/new; echo more >>/etc/here; rm -r /etc/dir; echo v >/own/v'
                        $carafe diff web
                        $carafe commit -a me -m why -c 'EXPOSE 80' web bb:2 >/dev/null
                        $carafe ps --format '{{.Status}}' | cut -c 1-2
                        $carafe run --rm bb:2 sh -c 'cat /srv/new /etc/here; ls /etc; ls /own; echo $A $B; ls -d $PWD'
                        $carafe inspect -f '{{json .Config.ExposedPorts}} {{json .Config.Cmd}} {{json .Config.Labels}}' bb:2
                        $carafe diff bb:2
                        """)).isEqualTo("""
                        A /data
                        C /etc
                        D /etc/dir
                        C /etc/here
                        A /own
                        C /srv
                        A /srv/new
                        Up
                        new
                        here
                        more
                        here
                        hostname
                        hosts
                        resolv.conf
                        image 2
                        /srv
                        {"80/tcp":{}} ["sleep","1000"] {"l":"1"}
                        A /data
                        C /etc
                        D /etc/dir
                        C /etc/here
                        A /own
                        C /srv
                        A /srv/new""");
    }

    @Test
    void exportIsWhatTheContainerSeesInItsRoot() {
        assertThat(get("""
                        $carafe run -d --name web bb:1 >/dev/null
                        $carafe exec web sh -c 'echo new >/srv/new; rm /etc/here; mkdir /srv/d; ln /srv/new /srv/d/hard'
                        seen='cd "$0"; find bin etc srv tmp -type f ! -path "etc/host*" ! -path etc/resolv.conf'
                        seen="$seen | sort | tr '\\n' '\\0' | xargs -0 sha256sum"
                        $carafe exec web sh -c "${seen/tr*xargs -0/busybox xargs}" / >inside
                        $carafe export web | (mkdir out; tar -x -C out)
                        sh -c "$seen" out >outside
                        cmp inside outside
                        $carafe stop -t 0 web >/dev/null
                        $carafe export -o stopped.tar web; mkdir again; tar -x -C again -f stopped.tar
                        sh -c "$seen" again | cmp - outside
                        ls out/proc | wc -l
                        """)).isEqualTo("0");
    }

    /// A program writes all the time: what is committed is one moment, and it goes on.
    @Test
    void aCommitStopsTheProgramForAMoment() {
        assertThat(get("""
                        $carafe run -d --name web bb:1 sh -c '
                            i=0; while :; do i=$((i+1)); for n in a b; do echo $i >/srv/t; mv /srv/t /srv/$n; done; done' >/dev/null
                        until $carafe exec web cat /srv/b >/dev/null 2>&1; do sleep 0.05; done
                        for n in 1 2 3; do
                            $carafe commit web now >/dev/null
                            $carafe run --rm now sh -c 'echo $(($(cat /srv/a) - $(cat /srv/b)))' >>differences
                        done
                        $carafe commit --pause=false web then >/dev/null
                        $carafe export web >/dev/null
                        sort -u differences | tr '\\n' ' ' | tr -d '01 '
                        $carafe ps --format '{{.State}}'
                        """)).isEqualTo("running");
    }

    /// The container exchanges a directory for a link to the host's path, again and again; both ways nothing
    /// leads there.
    @Test
    void row16AContainerThatExchangesLinksLeadsNowhereElse() {
        assertThat(get("""
                        mkdir victim play; echo secret >victim/file; echo payload >file
                        $carafe run -d --name bad bb:1 sh -c "
                            cd /srv; mkdir real; echo own >real/file; ln -s $dir/victim link
                            while :; do mv real x; mv link real; mv real link; mv x real; done" >/dev/null
                        for n in $(seq 60); do
                            $carafe cp -q file bad:/srv/real/file 2>/dev/null || true
                            $carafe cp -q file bad:/srv/real/ 2>/dev/null || true
                            $carafe cp -q bad:/srv/real/file play 2>/dev/null || true
                            ! grep -rq secret play
                        done
                        ls victim; cat victim/file
                        """)).isEqualTo("file\nsecret");
    }

    /// What its root shows at the places that matter is links to the host's.
    @Test
    void aHostileRootLeadsNowhereElse() {
        assertThat(get("""
                        mkdir victim; echo secret >victim/file; echo payload >file
                        $carafe run -d --name bad bb:1 >/dev/null
                        $carafe exec bad sh -c "
                            ln -s $dir/victim /srv/abs; ln -s ../../../../../../../..$dir/victim /srv/up
                            ln -s /proc/1/root$dir/victim /srv/magic; ln -s /proc/self/root /srv/self"
                        for it in abs up magic self$dir/victim; do
                            $carafe cp file bad:/srv/$it/file 2>>errors && echo copied || true
                            $carafe cp bad:/srv/$it/file . 2>>errors && echo copied || true
                        done
                        cat victim/file file; ls victim
                        $carafe stop -t 0 bad >/dev/null
                        for it in abs up magic self$dir/victim; do
                            $carafe cp file bad:/srv/$it/file 2>>errors && echo copied || true
                        done
                        cat victim/file
                        """)).isEqualTo("secret\npayload\nfile\nsecret");
    }

    /// A container that is stopped for a commit goes on when everybody who waits for it is killed.
    @Test
    void whoeverIsKilledTheContainerGoesOn() {
        assertThat(get("""
                        $carafe run -d --name web bb:1 >/dev/null
                        $carafe exec web sh -c 'busybox dd if=/dev/urandom of=/srv/big bs=1M count=60 2>/dev/null'
                        for delay in 0.05 0.1 0.2 0.3; do
                            CARAFE_DAEMON=off setsid $carafe commit web one >/dev/null 2>&1 &
                            sleep $delay; kill -9 -- -$! 2>/dev/null || kill -9 $! || true; wait $! 2>/dev/null || true
                        done
                        sleep 1
                        $carafe ps --format '{{.State}}'
                        $carafe commit web two >/dev/null && $carafe diff two
                        """)).startsWith("running\n").endsWith("\nA /srv/big");
    }
}
