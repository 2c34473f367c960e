# SPDX-License-Identifier: BSD-2-Clause
"""Damaged disks of every type are mounted in Masix, read and written: what is
wrong may be refused and said in the log, but no server may crash or hang, and
the system lives on. SEEDS (in the environment) says how many of each type, FIRST
which is the first: a failure names type and seed."""
import os
import pathlib
import subprocess
import uuid

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
WORDS = ("name=14 names=ascii count=60 big=150 sparse=0 devices=0 owners=0 "
         "links=0 symlinks=0 modes=0 times=315532800:2147483647")
SECONDS = 120  # for one image; a busy host takes ten times the usual
CRASH = " esp "  # of a report of the ACS: eip, esp, ...


def script(disks, seeds, mark):
    """Makes a good volume of each type, damages copies of it."""
    lines = ["export LC_ALL=C", "exec 2>&1; mkdir -p /d /root/d; cd /root/d"]
    for name in ("tree", "hurt"):
        source = (HERE / name).read_text()
        lines.append(f"cat >/tmp/{name} <<'{mark}'\n{source}{mark}")
    # What is done to each: look at all, read all, write, remove.
    lines.append(f"""try() {{
	mount -t $1 -o loop img /d 2>/dev/null || {{ echo refused; return; }}
	timeout -k 5 {SECONDS} sh -c 'ls -lR /d; find /d -type f -exec cat {{}} +
	df /d; cd /d; echo new >new; mkdir made; mv many made/; cp -r sizes again
	echo more >>sizes/4097; rm -rf deep names; rm -f sizes/1*; : >sizes/513
	ls -lR /d; sync' </dev/null >/tmp/out 2>&1
	status=$?
	umount /d 2>/dev/null || {{ sleep 1; umount -f /d; }}
	echo mounted $status
}}""")
    for name, (disk, kind) in disks.items():
        if kind == "iso9660":
            lines.append(f"cat $DISK{disk} >good")
        else:
            lines += [f"mount -t {kind} $DISK{disk} /d && perl /tmp/tree make "
                      f"/d {WORDS} && umount /d && cat $DISK{disk} >good "
                      f"|| echo {mark} broken {name}"]
        lines.append(f"""for seed in {seeds}; do
	perl /tmp/hurt good img $seed; echo {mark} {name} $seed $(try {kind})
done""")
    lines += ["cd /; rm -rf /root/d; sync", f"acs crashes",
              "cat /proc/mounts", f"echo {mark} over"]
    return "\n".join(lines)


def damage(volumes, work):
    """volumes: what is wrong, or None."""
    mark = uuid.uuid4().hex
    count = int(os.environ.get("SEEDS", "12"))
    first = int(os.environ.get("FIRST", "1"))
    disks = {volume.name: (number, volume.type["masix"].split(" ")[0])
             for number, volume in enumerate(volumes, 1)}
    seeds = " ".join(str(seed) for seed in range(first, first + count))
    done = subprocess.run(
        [TOP / "tools/run", "--timeout",
         str(60 + SECONDS + 20 * count * len(volumes)), "--log",
         work / "damage.log", "-c", script(disks, seeds, mark),
         *sum((["--disk", volume.image] for volume in volumes), [])],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode(errors="replace")
    (work / "damage.out").write_text(text)
    log = (work / "damage.log").read_text(errors="replace")
    lines = [line[len(mark) + 1:] for line in text.splitlines()
             if line.startswith(mark)]
    if CRASH in log:
        start = log.index(CRASH)
        return f"a server crashed:\n{log[start - 100:start + 700]}"
    if "over" not in lines:
        return f"no life after {lines[-1:]}:\n{text[-1200:]}"
    hung = [line for line in lines if " 124" in line or " 137" in line]
    if hung or any(line.startswith("broken") for line in lines):
        return "\n".join(hung or lines[:9])
    tries = [line for line in lines if "mounted" in line or "refused" in line]
    if len(tries) != count * len(volumes):
        return f"{len(tries)} tries were made:\n" + "\n".join(lines[:20])
    if sum("mounted" in line for line in tries) < len(tries) // 4:
        return "hardly one could be mounted:\n" + "\n".join(lines[:40])
    return None
