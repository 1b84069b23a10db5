"""Runs a command at a pseudo-terminal of 130 columns; our standard input is its keyboard, our output its screen."""

import fcntl
import os
import pty
import struct
import sys
import termios

pid, screen = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 130, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
pty._copy(screen)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
