/* The floor under every broadcast: bare send() of one small message to many TCP connections on loopback, which another
 * process reads. Prints the sender's CPU per send in microseconds.
 *
 *     send_floor CONNECTIONS BYTES ROUNDS PAUSE_MS
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void read_all(int port, int connections) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int poll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
    }
    static char buffer[65536];
    struct epoll_event ready[256];
    for (;;) {
        int count = epoll_wait(poll, ready, 256, -1);
        for (int i = 0; i < count; i++)
            if (recv(ready[i].data.fd, buffer, sizeof buffer, 0) <= 0) exit(0);
    }
}

static double cpu_us(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "send_floor CONNECTIONS BYTES ROUNDS PAUSE_MS\n");
        return 2;
    }
    int connections = atoi(arguments[1]), bytes = atoi(arguments[2]), rounds = atoi(arguments[3]);
    int pause_us = atoi(arguments[4]) * 1000, one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0) fail("listen");
    getsockname(listener, (struct sockaddr *)&address, &size);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        read_all(ntohs(address.sin_port), connections);
    }
    int *fds = calloc(connections, sizeof *fds);
    char *message = calloc(1, bytes);
    for (int i = 0; i < connections; i++) {
        if ((fds[i] = accept(listener, NULL, NULL)) < 0) fail("accept");
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    double before = cpu_us();
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < connections; i++)
            if (send(fds[i], message, bytes, MSG_NOSIGNAL) != bytes) fail("send");
        usleep(pause_us);
    }
    printf("%.3f\n", (cpu_us() - before) / rounds / connections);
    return 0;
}
