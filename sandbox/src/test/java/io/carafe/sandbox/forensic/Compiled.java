package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Programs that do what is forbidden. Each writes a file behind the call, whatever that returned.
final class Compiled {
    private static final String HEAD = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <pthread.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/wait.h>
            #include <unistd.h>

            static const char *place;

            static void leave(const char *name)
            {
                    char path[4096];
                    snprintf(path, sizeof path, "%s/%s", place, name);
                    close(open(path, O_CREAT | O_WRONLY, 0644));
            }

            /* One byte more in a file as long as this process runs. */
            static void beat(void)
            {
                    char path[4096];
                    snprintf(path, sizeof path, "%s/beat", place);
                    const int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0644);
                    for (;;) {
                            if (write(fd, "x", 1) != 1)
                                    _exit(1);
                            usleep(200);
                    }
            }
            """;

    /// One thread.
    static final String SINGLE = """
            int main(int count, char **words)
            {
                    place = words[count - 1];
                    puts("begins");
                    fflush(stdout);
                    mkdir("/nowhere/at/all", 0750);
                    leave("went-on");
                    return 0;
            }
            """;

    /// It calls when it is told to.
    static final String TOLD = """
            int main(int count, char **words)
            {
                    place = words[count - 1];
                    char path[4096];
                    snprintf(path, sizeof path, "%s/go", place);
                    leave("begun");
                    while (access(path, F_OK) != 0)
                            usleep(1000);
                    mkdir("/nowhere/at/all", 0750);
                    leave("went-on");
                    return 0;
            }
            """;

    /// A thread and a forked process go on beside the one that calls.
    static final String CROWD = """
            static void *beating(void *nothing)
            {
                    beat();
                    return nothing;
            }

            int main(int count, char **words)
            {
                    place = words[count - 1];
                    leave("begun");
                    if (fork() == 0)
                            beat();
                    pthread_t thread;
                    for (int i = 0; i < 4; i++)
                            pthread_create(&thread, NULL, beating, NULL);
                    usleep(20000);
                    mkdir("/nowhere/at/all", 0750);
                    leave("went-on");
                    pause();
                    return 0;
            }
            """;

    /// Eight threads that call again and again, and signals that take them out of it.
    static final String STORM = """
            #include <signal.h>

            static void nothing(int number)
            {
                    (void)number;
            }

            static void *calling(void *argument)
            {
                    for (;;) {
                            if (mkdir("/nowhere/at/all", 0750) != 12345)
                                    leave("went-on");
                    }
                    return argument;
            }

            int main(int count, char **words)
            {
                    place = words[count - 1];
                    signal(SIGUSR1, nothing);
                    pthread_t threads[8];
                    for (int i = 0; i < 8; i++)
                            pthread_create(&threads[i], NULL, calling, NULL);
                    for (;;)
                            for (int i = 0; i < 8; i++)
                                    pthread_kill(threads[i], SIGUSR1);
            }
            """;

    /// The path isn't the same from one look to the next.
    static final String FLIP = """
            static char path[64] = "/nowhere/harmless";

            static void *flipping(void *argument)
            {
                    for (;;) {
                            strcpy(path, "/nowhere/harmless");
                            strcpy(path, "/etc/shadow-of-it");
                    }
                    return argument;
            }

            int main(int count, char **words)
            {
                    place = words[count - 1];
                    pthread_t thread;
                    pthread_create(&thread, NULL, flipping, NULL);
                    usleep(1000);
                    mkdir(path, 0750);
                    leave("went-on");
                    return 0;
            }
            """;

    /// Where a debugger should find it.
    static final String FRAMES = """
            static __attribute__((noinline)) int the_forbidden_one(int family)
            {
                    return socket(family, SOCK_RAW, 7) + 1;
            }

            int main(int count, char **words)
            {
                    place = words[count - 1];
                    const int result = the_forbidden_one(AF_INET);
                    leave("went-on");
                    return result;
            }
            """;

    private Compiled() {}

    /// Statically: nothing of the host is needed in the box.
    static Path program(String source, Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("program.c");
        Files.writeString(file, HEAD + source);
        Path program = directory.resolve("program");
        Process gcc = new ProcessBuilder(
                        "gcc", "-g", "-O1", "-static", "-pthread", "-o", program.toString(), file.toString())
                .inheritIO()
                .start();
        assertThat(gcc.waitFor()).isZero();
        return program;
    }
}
