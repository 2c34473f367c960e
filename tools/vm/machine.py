# SPDX-License-Identifier: BSD-2-Clause
"""QEMU as tools/run, tools/linux and the tests use it: a machine with its
disks, its terminal (com0), its log (com1), and a way to hand it a script.
tools/README.md says what the guest must do with that."""
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build"
HALTED = b"now in tight loop"  # what the kernel says when it has halted
RECORD, DATA, END = 0x4e55524d, 1, 2
RESULT_START, RESULT_SECTORS = 2048, 8 * 1024 * 1024

NO_STATUS, TIMED_OUT = 125, 124
IDE_DISKS, AHCI_DISKS = 4, 6


def sbin(name):
    """A program that may lie in a folder that users do not search."""
    return shutil.which(name) or shutil.which(
        name, path="/usr/sbin:/sbin") or name


def folder_disk(folder, image):
    """An ext2 file system of a folder's contents, all of it root's."""
    used = sum(max(path.lstat().st_size, 4096) + 1024
               for path in pathlib.Path(folder).rglob("*"))
    as_root = [] if os.getuid() == 0 else ["unshare", "--map-root-user"]
    subprocess.run(
        [*as_root, sbin("mke2fs"), "-q", "-F", "-t", "ext2", "-b", "4096",
         "-I", "128", "-O", "none,filetype,sparse_super,large_file", "-E",
         "root_owner=0:0", "-d", folder, image,
         f"{used // 1024 * 5 // 4 + 65536}k"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


class Script:
    """The disk that takes commands to the guest and brings results back."""

    def __init__(self, path, commands):
        self.path = path
        text = commands.encode(errors="surrogateescape")
        with open(path, "wb") as file:
            file.write(b"MASIXRUN" + struct.pack(
                "<IIII", 1, len(text), RESULT_START, RESULT_SECTORS))
            file.seek(512)
            file.write(text)
            file.truncate((RESULT_START + RESULT_SECTORS) * 512)

    def results(self, out):
        """Writes the output to out; the exit status, or None if none came."""
        sequence = 0
        with open(self.path, "rb") as file:
            file.seek(RESULT_START * 512)
            while len(head := file.read(16)) == 16:
                magic, kind, length, number = struct.unpack("<IIII", head)
                if magic != RECORD or number != sequence:
                    return None
                data = file.read(length)
                if kind == END:
                    return struct.unpack("<i", data[:4])[0]
                out.write(data)
                file.seek(-(16 + length) % 512, os.SEEK_CUR)
                sequence += 1
        return None


class Machine:
    """One QEMU. Options come from the command line of tools/run."""

    def __init__(self, options, work):
        self.options = options
        self.work = pathlib.Path(work)
        self.disks = []
        self.words = []
        self.extra = []
        self.log = b""
        self.log_changed = threading.Condition()
        self.halted = False
        self.process = None

    def disk(self, path, keep=False):
        """Adds a disk; the guest's name of it. The PC's own controllers have
        places for four, an AHCI controller for the others."""
        number = len(self.disks)
        port = number - IDE_DISKS
        if port == AHCI_DISKS:
            sys.exit(f"at most {IDE_DISKS + AHCI_DISKS} disks")
        if port < 0:
            name, place = f"hd{number}", f"ide.{number // 2},unit={number % 2}"
        else:
            name, place = f"sd{port}", f"ahci.{port}"
        self.disks.append(
            (["-device", "ahci,id=ahci"] if port == 0 else []) +
            ["-drive", f"file={path},format=raw,cache=unsafe,if=none,id={name},"
                       f"snapshot={'off' if keep else 'on'}",
             # Linux finds it by this number: it names disks in any order.
             "-device", f"ide-hd,drive={name},serial={name},bus={place}"])
        return name

    def _listen(self, name):
        path = str(self.work / name)
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(1)
        return server, path

    def command(self, boot):
        """The command line of QEMU; boot: what it is to start from."""
        options = self.options
        command = ["qemu-system-i386", "-m", str(options.mem), "-no-user-config",
                   "-nodefaults", "-net", "none"]
        if options.cpu:
            command += ["-cpu", options.cpu]
        if options.icount:
            command += ["-icount", "shift=0,sleep=off"]
        for disk in self.disks:
            command += disk
        # Always a screen: without one, opening the kernel's keyboard and
        # screen device makes the kernel panic.
        command += ["-vga", "std"]
        if not options.vga or options.c is not None or not os.environ.get(
                "DISPLAY"):
            command += ["-display", "none"]
        return command + boot + self.extra

    def start(self, boot, terminal, foreground=False):
        """Starts QEMU. terminal: its -chardev for com0. In the foreground it
        has our standard input and output, else only our errors."""
        logs, log_path = self._listen("log")
        control, control_path = self._listen("control")
        command = self.command(boot) + [
            "-chardev", terminal, "-serial", "chardev:com0",
            "-chardev", f"socket,id=com1,path={log_path}",
            "-serial", "chardev:com1",
            "-qmp", f"unix:{control_path}"]
        if foreground:
            command += ["-mon", "chardev=com0,mode=readline"]
        stream = None if foreground else subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, cwd=TOP, stdin=stream, stdout=stream,
            stderr=subprocess.PIPE, start_new_session=not foreground)
        threading.Thread(target=self._errors_read, daemon=True).start()
        self.log_thread = threading.Thread(
            target=self._log_read, args=(logs,), daemon=True)
        self.log_thread.start()
        threading.Thread(target=self._control_read, args=(control,),
                         daemon=True).start()

    def _log_read(self, server):
        connection = server.accept()[0]
        file = open(self.options.log, "wb") if self.options.log else None
        while data := connection.recv(65536):
            data = data.replace(b"\r", b"")
            if file:
                file.write(data)
                file.flush()
            with self.log_changed:
                self.log += data
                self.log_changed.notify_all()
            if not self.halted and HALTED in self.log[-len(data) - 40:]:
                self.halted = True
                self.quit()
        with self.log_changed:
            self.log_changed.notify_all()

    def _errors_read(self):
        """Passes on what QEMU complains of, but the one it always says."""
        for line in self.process.stderr:
            if b"multiboot knows VBE" not in line:
                sys.stderr.buffer.write(line)
                sys.stderr.flush()

    def _control_read(self, server):
        """Greets QEMU's control line and reads away what it says."""
        self.control = server.accept()[0]
        self.control.sendall(b'{"execute":"qmp_capabilities"}\n')
        try:
            while self.control.recv(65536):
                pass
        except OSError:
            pass  # it ended with words of ours unread

    def tell(self, what, **arguments):
        self.control.sendall(json.dumps(
            {"execute": what, "arguments": arguments}).encode() + b"\n")

    def quit(self):
        try:
            self.tell("quit")
        except OSError:
            self.process.terminate()

    def wait(self, timeout=None):
        """Until QEMU ends; false if the time-out came first (it is killed)."""
        try:
            self.process.wait(timeout)
            self.log_thread.join(5)
            return True
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            self.log_thread.join(5)
            return False

    def log_own(self):
        """The log from Masix's own first word on, if it came so far."""
        text = self.log.decode(errors="replace")
        return text[max(text.rfind("\nstart "), 0):]

    def log_tail(self, lines):
        """The end of the log, for the error output."""
        tail = "\n".join(self.log_own().splitlines()[-lines:])
        print(tail, file=sys.stderr)

    def log_wait(self, text, timeout):
        """Until the log has text; false if it does not come."""
        with self.log_changed:
            return self.log_changed.wait_for(
                lambda: text in self.log or not self.log_thread.is_alive(),
                timeout) and text in self.log


def temporary():
    """A folder for one run, gone when the program ends, also by a signal."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    return tempfile.TemporaryDirectory(prefix="masix-")
