#!/bin/bash
# How things go wrong: what is said, and with which status it ends. Limits of
# memory, size and processes; missing files; signals; full volumes.
exec 2>&1
result() { # COMMANDS: in a shell of their own
	echo "--- $1"
	timeout -k 2 60 bash -c "$1"
	echo "= $?"
}

echo "# files"
result 'cat /missing'
result 'head /missing /etc'
result 'cat < /'
result 'echo > /'
result 'cp /etc/passwd /etc/passwd'
result '/nonexistent'
result '/etc'
result '/etc/passwd'
result 'rmdir /'
result 'mv /tmp /tmp/x'
result 'ls /bin/true | wc -l; false'

echo "# signals"
result 'kill -9 1'
result 'kill 99999'
result 'sh -c "kill -SEGV \$\$"; echo $?'
result 'sh -c "kill -9 \$\$"; echo $?'
result 'ulimit -s 256; bash -c "f() { f; }; f; true"; echo $?'
result 'yes | head -n 1; echo ${PIPESTATUS[0]}'
result 'cat /dev/zero | head -c 10M | md5sum'
result 'cat /dev/urandom | head -c 10M | md5sum | wc -c'

echo "# limits"
for size in 100 1000 2000 3000 5000; do
	result "ulimit -v $size; ls -d /etc"
	result "ulimit -v $size; busybox true"
done
result 'ulimit -v 5000; exec dash -c "ulimit -v"'
result 'ulimit -v 100000; perl -e "\$x = \"a\" x 200000000; print length \$x" | tail -c 20'
result 'ulimit -v 100000; dd if=/dev/zero of=/dev/null bs=200M count=1'
result 'ulimit -v 100000; dd if=/dev/zero bs=50M count=1 2>/dev/null | wc -c'
result 'ulimit -v 12000; perl -e "while (1) { push @a, 1 .. 1000 }"'
result 'ulimit -d 20000; perl -e "\$x = \"a\" x 200000000; print length \$x" | tail -c 20'
result 'dd if=/dev/zero of=/dev/null bs=1900M count=1'
result 'ulimit -f 10; dd if=/dev/zero of=big bs=1k count=20 2>/dev/null; echo $?; wc -c <big; rm big'
result 'ulimit -n 5; exec 3</dev/null 4</dev/null; exec 5</dev/null; echo $?'
result 'su nobody -s /bin/dash -c "ulimit -u 8; for i in 1 2 3 4 5 6 7 8 9; do sleep 300 & done; echo all"; su nobody -s /bin/sh -c "kill -9 -1"; echo $?'
result 'su nobody -s /bin/sh -c "cat /etc/shadow; kill -0 1; nice -n -5 true"'
