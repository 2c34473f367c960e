#!/bin/bash
# What a FAT volume can hold and what it refuses: links, modes, names that are
# alike, short names, times, holes, renames.
export LC_ALL=C TZ=UTC
umask 022
disk=$(sed -n 's,^\(/dev/[^ ]*\)1 / .*,\12,p' /proc/mounts) # beside the root
dir=$(mktemp -d /tmp/vfat.XXXXXX) || exit 9
busybox mount -t vfat -o utf8 $disk "$dir" 2>/dev/null ||
	mount -t vfat $disk "$dir" || exit 9
trap 'cd /; rm -rf "$dir/top"; umount "$dir" 2>/dev/null || busybox umount "$dir"; rmdir "$dir"' EXIT
mkdir "$dir/top" && cd "$dir/top" || exit 9
t() { echo "\$ $*"; "$@" 2>&1; echo "=> $?"; }

echo "== what there is not"
t touch a; t ln a b; t ln -s a c; t mknod d c 1 3; t mkfifo f
t chmod 4755 a; t chown 1 a; t chgrp 5 a; t chown 0:0 a

echo "== modes"
t chmod 600 a; t stat -c '%a %u %g %s %h' a; t chmod 444 a; t stat -c %a a
t chmod +w a; t stat -c %a a; t chmod 111 a; t stat -c %a a
t mkdir D; t stat -c '%a %h' D; t chmod 555 D; t stat -c %a D
t mkdir -m 700 D2; t mkdir -m 1777 D3; t stat -c '%n %a' D2 D3

echo "== names"
for name in 'x:y' 'q?' 'tail ' 'dot.' '...' "$(printf 'bad\377')" 'back\slash' \
	'a*b' "$(printf 'n%.0s' $(seq 256))" café CAFÉ grün GRÜN 日本.txt 😀
do
	t touch "$name"
done
t touch FOO; t ls -1 foo Foo FOO; t mkdir foo; t rmdir fO; t ls -1
t mv FOO foo; t perl -e 'print rename("FOO", "foo") ? "ok" : "$!"'; t ls -1
echo 1 >Mixed.Case; t cat MIXED.CASE mixed.case; t cat MIXED~1.CAS
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	echo $i >"Long file name $i.text"
done
t ls -1 LONGFI*; t cat 'LONGFI~3.TEX'; t rm 'LONGFI~3.TEX'; t cat 'Long file name 3.text'

echo "== renames"
t mv 'Long file name 1.text' short; t mv short 'Another rather long name for it.txt'
t mv 'Another rather long name for it.txt' D; t mv D D2; t ls D2 D2/D
t mv D2/D/* .; t rmdir D2/D; t mv D2 D2/x; t rmdir D2 D3
echo data >rep1; echo old >rep2; t mv rep1 REP2; t cat rep2; t ls -1
perl -e 'mkdir "m1"; open F, ">m1/x"; close F; open F, ">file"; close F;
	sub say_it { print $_[0] ? "yes\n" : "no: $!\n" }
	say_it(rename("m1", "m2")); say_it(rename("m2/x", "m2/y"));
	say_it(rename("m2", "m2/z")); say_it(rename("file", "m2"));
	say_it(rename("m2", "file")); mkdir "m3"; say_it(rename("m3", "m2"));
	unlink "m2/y"; say_it(rename("m3", "M2"))'
t ls -1
t rmdir a; t rm foo/bar; t mkdir a/b; t touch a/b
(mkdir deep; cd deep; rmdir ../deep; t touch x; t ls -a)

echo "== times"
t touch -d 1975-01-01 old; t touch -d '2001-02-03 04:05:07' odd
t touch -d '2100-03-01 12:00:00' future; t stat -c '%n %Y %Z' old odd future
t touch -a -d '2001-02-03 04:05:07' odd; t stat -c '%n %X' odd

echo "== contents"
t truncate -s 100000 sparse; t stat -c '%s %b' sparse
t truncate -s 5000000000 sparse; echo end >>sparse; t stat -c '%s %b' sparse
t cksum sparse
perl -e 'open F, "+>new"; unlink "new"; print F "x" x 5000; open G, ">NEW";
	print G "other"; close G; seek F, 0, 0; read F, $all, 9999;
	print length $all, -s "new", "\n"'
t sh -c 'echo one >>NEW; cat new'
t stat -f -c '%t %s' .
