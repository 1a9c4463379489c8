package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Small programs that speak to the kernel where Java can't, made by the C compiler of the machine.
final class Taker {
    /// Takes a descriptor over a unix socket, and prints the message, what the descriptor is of, and what can be read.
    private static final String TAKES = """
            #define _GNU_SOURCE
            #include <stdio.h>
            #include <string.h>
            #include <sys/socket.h>
            #include <sys/un.h>
            #include <unistd.h>

            int main(int argc, char **argv)
            {
                    struct sockaddr_un at = { .sun_family = AF_UNIX };
                    strncpy(at.sun_path, argv[1], sizeof at.sun_path - 1);
                    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
                    if (bind(listener, (struct sockaddr *)&at, sizeof at) == -1 || listen(listener, 1) == -1)
                            return 1;
                    puts("ready");
                    fflush(stdout);
                    const int from = accept(listener, NULL, NULL);
                    char text[4096] = "", control[CMSG_SPACE(sizeof(int))], path[64], link[4096] = "";
                    struct iovec part = { text, sizeof text - 1 };
                    struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
                                        .msg_controllen = sizeof control };
                    int fd;
                    if (recvmsg(from, &m, 0) == -1 || CMSG_FIRSTHDR(&m) == NULL)
                            return 2;
                    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
                    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
                    if (readlink(path, link, sizeof link - 1) == -1)
                            return 3;
                    printf("%s %s\\n", text, link);
                    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
                    FILE *info = fopen(path, "r");
                    while (fgets(text, sizeof text, info) != NULL)
                            if (strncmp(text, "Pid:", 4) == 0)
                                    fputs(text, stdout);
                    fflush(stdout);
                    for (ssize_t length; isatty(fd) && (length = read(fd, text, sizeof text)) > 0;)
                            fwrite(text, 1, (size_t)length, stdout);
                    return 0;
            }
            """;

    /// Prints the number of its session keyring.
    private static final String KEYRING = """
            #include <stdio.h>
            #include <sys/syscall.h>
            #include <unistd.h>

            int main(void)
            {
                    printf("%ld\\n", syscall(SYS_keyctl, 0, -3, 0)); /* KEYCTL_GET_KEYRING_ID of the session */
                    return 0;
            }
            """;

    private Taker() {}

    /// Listens at a socket.
    static Started taking(Path directory, Path socket) throws IOException {
        Path program = compiled(directory, "taker", TAKES);
        return Carafe.started(Map.of(), directory, List.of(program.toString(), socket.toString()))
                .says("ready");
    }

    static Path keyring(Path directory) throws IOException {
        return compiled(directory, "keyring", KEYRING);
    }

    private static Path compiled(Path directory, String name, String text) throws IOException {
        Path source = Files.writeString(directory.resolve(name + ".c"), text);
        Path program = directory.resolve(name);
        assertThat(host("gcc", "-static", "-o", program.toString(), source.toString())
                        .err())
                .isEmpty();
        return program;
    }
}
