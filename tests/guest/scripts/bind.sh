#!/bin/bash
# mount --bind, --rbind, --move by util-linux's mount: what is seen, from where,
# ".." and paths, changes on one side seen on the other, busy, read-only.
export LC_ALL=C
dir=$(mktemp -d /tmp/bind.XXXXXX) || exit 9
mount=/usr/libexec/debian/mount umount=/usr/libexec/debian/umount
$mount -t tmpfs none "$dir" || exit 9
$mount --make-private "$dir" || exit 9
trap 'cd /; for i in 1 2 3 4 5 6 7 8; do $umount -l "$dir"/to "$dir"/deep "$dir"/new 2>/dev/null; done; $umount -l "$dir"; rmdir "$dir"' EXIT
cd "$dir" || exit 9
t() { echo "\$ $*"; "$@" 2>&1 | sed "s,$dir,DIR,g"; echo "=> ${PIPESTATUS[0]}"; }
lines() { sed -n "s,$dir,DIR,g; /DIR\//{ s/^[0-9]* [0-9]* [0-9:]* //; s/ shared:[0-9]*//; s/ - .*//; p }" /proc/self/mountinfo | sed 's/,relatime//'; }

mkdir from from/a from/a/b to new deep other
echo one >from/a/file; echo two >from/a/b/two; ln -s ../a/file from/link

echo "== seen"
t $mount --bind from to; lines
t ls to to/a; t cat to/a/file to/link
t stat -c '%d' to >x; t stat -c '%d' from >y; sed 1d x | cmp - <(sed 1d y) && echo same device
[ to/a -ef from/a ] && echo same directory; [ to/a/file -ef from/a/file ] && echo same file
(cd to/a/b; pwd -P | sed "s,$dir,DIR,"; cd ../..; pwd -P | sed "s,$dir,DIR,"; cd ..; ls)
(cd from/a; pwd -P | sed "s,$dir,DIR,"; cd ..; pwd -P | sed "s,$dir,DIR,")

echo "== changed"
echo more >>to/a/file; t cat from/a/file; t rm to/a/b/two; t ls from/a/b
t touch from/new; t ls to; t mkdir to/dir; t ls from/dir; t rmdir from/dir; t ls to/dir
t chmod 700 from/a; t stat -c %a to/a; t chown 5:6 to/a; t stat -c '%u:%g' from/a
t ls to/none; touch from/none; t ls to/none; rm to/none; t ls from/none
t mv from/a/b from/b; t ls to to/a; t mv to/b to/a/c; t ls from from/a
mkdir -p from/p/q from/s; touch from/p/q/file
(cd to/p/q; mv "$dir"/from/p/q "$dir"/from/s/r; pwd -P | sed "s,$dir,DIR,"; ls; ls ..)
(cd from/s/r; mv "$dir"/to/s/r "$dir"/to/p/q; pwd -P | sed "s,$dir,DIR,"; ls; ls ..)
(cd to/p/q; rm -r "$dir"/from/p; ls; touch x 2>&1)
ln to/a/file to/hard; t stat -c %h from/a/file; rm from/hard; t stat -c %h to/a/file
perl -e 'for (["to/a/file", "from/x"], ["from/a/file", "to/x"]) {
	print rename($_->[0], $_->[1]) ? "ok" : "$!", " ", link($_->[0], $_->[1]) ? "ok" : "$!", "\n" }'
t mv to/a/file from/moved; t ls from/a; t cat to/moved; mv from/moved from/a/file
(flock -x 9; flock -n "$dir"/from/a/file true; echo "locked: $?") 9<to/a/file

echo "== busy and gone"
(cd to/a; $umount "$dir"/to 2>/dev/null; echo $?)
t rmdir to; t $umount to; t ls to; lines; t $umount to
t $mount --bind none to; t $mount --bind from none

echo "== on top"
mkdir from/on; t $mount --bind other to; touch other/here; t ls to
t $mount --bind from to; t ls to; t $umount to; t ls to; t $umount to
t $mount --bind from to; t $mount -t tmpfs none to/on; touch to/on/inside
t ls from/on to/on; t $umount to >/dev/null; t ls to/on
t $mount --bind to deep; t ls deep/on; t $umount deep
t $mount --rbind to deep; t ls deep/on; lines
t $umount deep/on; t ls to/on; t $umount deep; t $umount to/on; t $umount to

echo "== moved"
t $mount -t tmpfs none to; touch to/file; mkdir to/sub; t $mount --bind from to/sub
t $mount --move to new; t ls new new/sub; t ls to; lines
(cd new/sub/a; pwd -P | sed "s,$dir,DIR,")
t $mount --move new new/sub; t $mount --move from to
t $umount new/sub; t $umount new

echo "== read-only"
t $mount --bind from to; t $mount -o remount,bind,ro to; lines
t touch to/x; t sh -c 'echo x >to/a/file'; t chmod 600 to/a/file; t mkdir to/y; t rm to/a/file
t touch from/x; t ls to/x; t test -w to/a/file; t test -w from/a/file
t $mount -o remount,bind,noexec,rw to; cp /bin/true from; t to/true; t from/true
t rm to/x; t $umount to
t $mount -o bind,ro from to; t touch to/x; t $umount to
