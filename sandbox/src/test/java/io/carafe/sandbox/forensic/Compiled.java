package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    /// A call of i386's by a 64-bit program, then one of x32's, if words say so.
    static final String FOREIGN = """
            #include <sys/syscall.h>

            static char path[] = "/nowhere/at/all";

            int main(int count, char **words)
            {
                    place = words[count - 1];
                    long result;
                    if (count == 2)
                            __asm__ volatile("int $0x80" : "=a"(result) : "a"(39), "b"(path), "c"(0750) : "memory");
                    else
                            result = syscall(0x40000000 | 39);
                    leave("went-on");
                    return (int)result;
            }
            """;

    /// A whole program of 32 bits, without a library.
    static final String NARROW = """
            static int call(int number, const void *first, int second, int third)
            {
                    int result;
                    __asm__ volatile("int $0x80"
                                     : "=a"(result)
                                     : "a"(number), "b"(first), "c"(second), "d"(third)
                                     : "memory");
                    return result;
            }

            void _start(void)
            {
                    call(39, "/nowhere/at/all", 0750, 0);
                    call(39, "went-on", 0750, 0);
                    call(1, 0, 0, 0);
            }
            """;

    private Compiled() {}

    /// Statically: nothing of the host is needed in the box.
    static Path program(String source, Path directory) throws IOException, InterruptedException {
        return program(HEAD + source, directory, "-pthread", "-no-pie");
    }

    static Path narrow(Path directory) throws IOException, InterruptedException {
        return program(NARROW, directory, "-m32", "-nostdlib", "-ffreestanding", "-fno-pie", "-no-pie");
    }

    private static Path program(String source, Path directory, String... options)
            throws IOException, InterruptedException {
        Path file = directory.resolve("program.c");
        Files.writeString(file, source);
        Path program = directory.resolve("program");
        var command = new ArrayList<>(List.of("gcc", "-g", "-O1", "-static"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", program.toString(), file.toString()));
        Process gcc = new ProcessBuilder(command).inheritIO().start();
        assertThat(gcc.waitFor()).isZero();
        return program;
    }
}
