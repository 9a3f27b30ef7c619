"""Takes passed sockets exactly as sd_listen_fds(3) describes it, lists them, and tells one client each its process id."""

import fcntl
import os
import signal
import socket

signal.alarm(60)
assert os.environ["LISTEN_PID"] == str(os.getpid()), (os.environ["LISTEN_PID"], os.getpid())
assert "LISTEN_PIDFDID" not in os.environ
count = int(os.environ["LISTEN_FDS"])
assert count > 0
names = os.environ["LISTEN_FDNAMES"].split(":")
assert len(names) == count, names

sockets = []
for descriptor, name in enumerate(names, start=3):
    assert fcntl.fcntl(descriptor, fcntl.F_GETFD) & fcntl.FD_CLOEXEC == 0
    assert fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_NONBLOCK == 0
    fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    passed = socket.socket(fileno=descriptor)
    host, port = passed.getsockname()
    print(name, "tcp" if passed.type == socket.SOCK_STREAM else "udp", f"{host}:{port}")
    sockets.append(passed)
print(flush=True)

answer = str(os.getpid()).encode()
for passed in sockets:
    if passed.type == socket.SOCK_STREAM:
        client, _ = passed.accept()
        client.sendall(answer)
        client.close()
    else:
        _, client = passed.recvfrom(16)
        passed.sendto(answer, client)
