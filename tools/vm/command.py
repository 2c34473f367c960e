# SPDX-License-Identifier: BSD-2-Clause
"""What tools/run and tools/linux have in common: options, a terminal or a
script, exit statuses."""
import argparse
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys

import machine
from machine import BUILD, TOP

FLAGS = [
    ("-c", dict(metavar="COMMANDS", help="run these and end")),
    ("--timeout", dict(type=float, metavar="S", help="give up after S seconds")),
    ("--add", dict(metavar="DIR", help="the guest has DIR's contents on /mnt")),
    ("--disk", dict(metavar="FILE", action="append", default=[],
                    help="a further disk; written to. Several are allowed: "
                    "the guest knows them as $DISK1, $DISK2...")),
    ("--mem", dict(type=int, default=256, metavar="MB", help="memory")),
    ("--cpu", dict(metavar="MODEL", help="processor, as QEMU names it")),
    ("--keep", dict(action="store_true", help="keep changes to the disk")),
    ("--vga", dict(action="store_true", help="a screen and a keyboard, too")),
    ("--icount", dict(action="store_true",
                      help="one instruction is one nanosecond")),
    ("--kernel-args", dict(default="", metavar="WORDS",
                           help="more words for the kernel's command line")),
    ("--image", dict(metavar="FILE", help="this disk, not build/masix.img")),
    ("--grub", dict(action="store_true", help="boot from the disk itself")),
    ("--cd", dict(action="store_true", help="boot from build/masix.iso")),
    ("--log", dict(metavar="FILE", help="what kernel and servers say")),
    ("--gdb", dict(metavar="SOCKET", help="stopped, for gdb; see make debug")),
]


def fail(text):
    print(f"tools/{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr)
    sys.exit(machine.NO_STATUS)


def parse(text, arguments=None):
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag, how in FLAGS:
        parser.add_argument(flag, **how)
    return parser.parse_args(arguments)


def build(*targets):
    """What is not there yet; what is there is taken as it is."""
    missing = [target for target in targets if not os.path.exists(target)]
    if missing:
        done = subprocess.run(["make", "-s", "-C", TOP] + [
            os.path.relpath(target, TOP) for target in missing],
            stdout=sys.stderr)
        if done.returncode:
            sys.exit(machine.NO_STATUS)


def build_all(*targets):
    """What is there may be out of date."""
    done = subprocess.run(["make", "-s", "-C", TOP, *targets],
                          stdout=sys.stderr)
    if done.returncode:
        sys.exit(machine.NO_STATUS)


def prepare(options, work):
    """The machine with its disks; the guest's names of them are its words."""
    vm = machine.Machine(options, work)
    image = os.path.abspath(options.image or BUILD / "masix.img")
    build(image)
    vm.names = {"root": vm.disk(image, options.keep)}
    if options.c is not None:
        vm.script = machine.Script(f"{work}/script.img", options.c)
        vm.names["script"] = vm.disk(vm.script.path, True)
    if options.add:
        if not os.path.isdir(options.add):
            fail(f"--add {options.add}: no such folder")
        machine.folder_disk(options.add, f"{work}/add.img")
        vm.names["add"] = vm.disk(f"{work}/add.img", options.keep)
    for number, file in enumerate(options.disk, 1):
        if not os.path.exists(file):
            fail(f"--disk {file}: no such disk")
        vm.names[f"disk{number}"] = vm.disk(os.path.abspath(file), True)
    return vm


def wait_for_gdb(options, vm):
    if options.gdb:
        vm.extra += ["-S", "-gdb", f"unix:{options.gdb},server=on,wait=off"]


def run_script(options, vm, boot):
    vm.extra += ["-no-reboot"]
    wait_for_gdb(options, vm)
    vm.start(boot(options, vm), "null,id=com0")
    try:
        in_time = vm.wait(options.timeout)
    except KeyboardInterrupt:
        vm.process.kill()
        raise
    status = vm.script.results(sys.stdout.buffer)
    sys.stdout.flush()
    if not in_time:
        vm.log_tail(15)
        print("tools/run: time is up", file=sys.stderr)
        return machine.TIMED_OUT
    if status is None:
        vm.log_tail(40)
        print("tools/run: the guest ended without a status", file=sys.stderr)
        return machine.NO_STATUS
    return status & 255


def run_terminal(options, vm, boot):
    size = shutil.get_terminal_size()
    vm.words += [f"term={os.environ.get('TERM', 'vt100')}",
                 f"size={size.lines}x{size.columns}"]
    options.log = options.log or str(BUILD / "run.log")
    wait_for_gdb(options, vm)
    vm.start(boot(options, vm), "stdio,id=com0,mux=on,signal=off", True)
    try:
        if not vm.wait(options.timeout):
            subprocess.run(["stty", "sane"], check=False)
            return machine.TIMED_OUT
    except KeyboardInterrupt:
        vm.process.kill()
    if b"acs: can't begin" in vm.log:
        vm.log_tail(15)  # the terminal was never opened
    return vm.process.returncode


def loader(tool):
    """The `boot` of tools/run or tools/linux, for other programs."""
    source = importlib.machinery.SourceFileLoader("tool", str(tool))
    spec = importlib.util.spec_from_loader("tool", source)
    module = importlib.util.module_from_spec(spec)
    source.exec_module(module)
    return module.boot


def main(text, boot):
    """boot(options, vm): the part of QEMU's command line that loads a kernel,
    from vm.names, vm.words and the options."""
    options = parse(text)
    with machine.temporary() as work:
        vm = prepare(options, work)
        run = run_terminal if options.c is None else run_script
        return run(options, vm, boot)
