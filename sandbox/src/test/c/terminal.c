/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal for a program: terminal PLAN PROGRAM [pipe]. Runs PROGRAM with a new pty as its standard streams and
 * controlling terminal, and PLAN as its descriptor 3; what it prints goes to our output. With "pipe" its standard
 * output is a pipe instead. Our input is commands, a line each: type TEXT      as if typed, \r for the return key, ^C
 * for Ctrl-C size ROWS COLS signal N       to PROGRAM modes          prints "modes: cooked" or "modes: raw" pid prints
 * "pid: N" hold, go       stops to read what is printed, and goes on At its end "ended: N", N being its exit status or
 * 128 + signal, and "modes: …".
 */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

static void type(int master, const char *text)
{
        for (; *text; text++) {
                char c = *text;
                if (c == '^')
                        c = *++text & 0x1f;
                else if (c == '\\' && text[1] == 'r')
                        c = '\r', text++;
                if (write(master, &c, 1) != 1)
                        perror("type");
        }
}

static void modes(int master)
{
        struct termios t;
        tcgetattr(master, &t);
        printf("modes: %s\n", (t.c_lflag & ICANON) && (t.c_lflag & ECHO) && (t.c_oflag & OPOST) ? "cooked" : "raw");
        fflush(stdout);
}

int main(int argc, char **argv)
{
        int master, terminal;
        struct winsize size = { .ws_row = 20, .ws_col = 70 };
        int through[2];
        if (argc < 3 || openpty(&master, &terminal, NULL, NULL, &size) == -1 || pipe(through) == -1)
                return 2;
        const int shown = argc > 3 ? through[0] : master;
        pid_t child = fork();
        if (child == 0) {
                int plan = open(argv[1], O_RDONLY);
                close(master);
                login_tty(terminal);
                if (argc > 3)
                        dup2(through[1], 1);
                if (plan != 3)
                        dup2(plan, 3);
                execl(argv[2], argv[2], NULL);
                _exit(126);
        }
        /* the terminal stays open here: what mode it is left in can be asked after the program's end */
        bool hold = false, listening = true;
        char line[256];
        size_t length = 0;
        int status;
        for (;;) {
                struct pollfd fds[] = { { .fd = hold ? -1 : shown, .events = POLLIN },
                                        { .fd = listening ? 0 : -1, .events = POLLIN } };
                int ready = poll(fds, 2, 20);
                if (fds[0].revents & POLLIN) {
                        char bytes[4096];
                        ssize_t n = read(shown, bytes, sizeof bytes);
                        if (n > 0 && write(1, bytes, (size_t)n) != n)
                                return 3;
                }
                if (fds[1].revents) {
                        if (read(0, &line[length], 1) != 1) {
                                listening = false;
                                continue;
                        }
                        if (line[length] != '\n') {
                                length += length < sizeof line - 1;
                                continue;
                        }
                        line[length] = 0;
                        length = 0;
                        if (strncmp(line, "type ", 5) == 0)
                                type(master, line + 5);
                        else if (sscanf(line, "size %hu %hu", &size.ws_row, &size.ws_col) == 2)
                                ioctl(master, TIOCSWINSZ, &size);
                        else if (strncmp(line, "signal ", 7) == 0)
                                kill(child, atoi(line + 7));
                        else if (strcmp(line, "modes") == 0)
                                modes(master);
                        else if (strcmp(line, "pid") == 0)
                                printf("pid: %d\n", child), fflush(stdout);
                        else if (strcmp(line, "hold") == 0)
                                hold = true;
                        else if (strcmp(line, "go") == 0)
                                hold = false;
                }
                if (ready == 0 && waitpid(child, &status, WNOHANG) == child)
                        break;
        }
        printf("ended: %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
        usleep(300 * 1000); /* the keeper may still have something to restore */
        modes(master);
        return 0;
}
