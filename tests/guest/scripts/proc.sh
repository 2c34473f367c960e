#!/bin/bash
# /proc/PID/cwd and root: where other processes are, and who may see it.
exec 2>&1
plain() { sed "s/\/proc\/[0-9][0-9]*/\/proc\/N/"; }
cd /tmp; sleep 100 & p=$!
readlink /proc/$p/cwd /proc/$p/root /proc/1/cwd
ls -ld /proc/$p/cwd/. /proc/$p/root/etc | wc -l
ls -l /proc/$p/cwd | sed 's/.* \//\//' | plain
cd /proc/$p/cwd && pwd -P
ls /proc/self/root/etc | head -1
pwdx $p | sed 's/.*: //'
su nobody -s /bin/sh -c "readlink /proc/$p/cwd; echo \$?
	ls -l /proc/$p/root | sed 's/.* \//\//'; cd /proc/$p/cwd; cd /
	readlink /proc/\$\$/cwd; readlink /proc/self/root" 2>&1 | plain
mkdir -p r/bin r/d; cp /bin/busybox r/bin/sh
chroot r /bin/sh -c 'cd /d; exec sh -c "read x"' < <(sleep 100) & q=$!
until [ "$(readlink /proc/$q/cwd)" = /tmp/r/d ]; do :; done
readlink /proc/$q/root; ls /proc/$q/root
kill $q $p; wait
readlink /proc/$p/cwd; echo $?
touch /proc/$$/cwd/x1; ls x1; rm -r x1 r
stat -c '%F %A' /proc/1/cwd /proc/1/root
stat -L -c %F /proc/1/cwd
cd /proc/self/cwd/../tmp/.; pwd -P
ulimit -v 500000 -f 1000; ulimit -n 100; ulimit -S -c 0
grep -v -e processes -e pending -e locked -e msgqueue -e 'Max open' /proc/$$/limits
