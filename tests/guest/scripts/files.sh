#!/bin/bash
# Files, links, permissions, renames, times, directories, odd names.
dir=$(mktemp -d /tmp/files.XXXXXX) || exit 9
trap 'chmod -R u+rwx "$dir"; rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C TZ=UTC
umask 022
show() { stat -c '%n %F %a %h %s' "$@"; }

echo "== create"
touch empty; echo hello >file; mkdir d; ln -s file link; ln file hard; mkfifo fifo
show empty file link hard fifo
stat -c '%n %F %a' d
readlink link; cat link
umask 077; touch private; mkdir pd; stat -c '%n %a' private pd; umask 022
mkdir -p deep/er/and/deeper; mkdir -m 700 moded; stat -c '%n %a' deep/er/and/deeper moded
mkdir d 2>&1; mkdir no/such 2>&1; touch no/such 2>&1; mkdir file/x 2>&1

echo "== permissions"
for m in 644 755 600 4755 2755 1777 000 u+x g+w,o-r a=rx +t; do
	chmod $m file && stat -c "$m: %a %A" file
done
chmod 644 file
chmod u=rwx,go=rx d; stat -c %A d
install -m 640 file installed; stat -c '%a %s' installed
test -r file && echo r; test -w file && echo w; test -x file || echo "not x"
test -d d && test -f file && test -L link && test -p fifo && test ! -e missing && echo types
test file -ef hard && echo same inode; test -s file && echo not empty; test -h link && echo link

echo "== links"
echo more >>hard; cat file; rm file; cat hard; cat link 2>&1
mv hard file; cat link | wc -l
ln -s nowhere dangling; cat dangling 2>&1; ls -l dangling | cut -c1-10; test -e dangling || echo dangles
echo through >dangling; cat nowhere
ln -s loop1 loop2; ln -s loop2 loop1; cat loop1 2>&1
ln -s d dl; touch dl/inside; ls d; (cd dl && pwd -P | sed "s#$dir##" && pwd | sed "s#$dir##")
ln file 2>&1 d/hardlink; stat -c %h file; rm d/hardlink; ln d dhard 2>&1 | sed 's/:.*hard/: hard/'
ln -sf file link; ln -sfn d link2; readlink link link2; realpath link | sed "s#$dir##"
long=$(printf 'x%.0s' {1..200}); ln -s "$long" longlink; readlink longlink | wc -c

echo "== rename"
echo a >a; echo b >b; mv a b; cat b; ls a 2>&1
mkdir e f; touch e/1; mv e f; ls f/e; mv f/e .; mv -T e f; ls f
mkdir g; mv f g/new; ls g/new; mv g g/new 2>&1; mv missing x 2>&1
mkdir full; touch full/x; mkdir other; mv -T other full 2>&1; touch plain; mv -T plain other 2>&1
mv -n b plain; cat b; mv -v b c; cp c cc; cmp c cc && echo equal
mkdir p1 p2; touch p1/f; mv p1/f p2/; ls p1 p2; (cd p1 && mv ../p2 . && ls)

echo "== remove"
rm missing 2>&1; rm -f missing; rm d 2>&1; rmdir full 2>&1; rm -r full && echo gone; rmdir p1 2>&1
mkdir -p r/a/b; rmdir -p r/a/b && ls r 2>&1
echo data >open; exec 5<open; rm open; cat <&5; exec 5<&-
exec 6>open2; rm open2; echo lost >&6; exec 6>&-; ls open2 2>&1
(mkdir cwd && cd cwd && rmdir ../cwd && touch here) 2>&1

echo "== times"
touch -d '2001-02-03 04:05:06' old; stat -c '%y' old | cut -c1-19; date -r old +%s
touch -r old old2; [ old -nt old2 ] || [ old -ot old2 ] || echo same age
touch new; [ new -nt old ] && echo newer; touch -m -d @1000000000 new; stat -c %Y new
touch -d '1969-12-31 23:59:50' ancient; stat -c %Y ancient
cp -p old kept; stat -c %Y kept; before=$(stat -c %Y c); sleep 1.1; echo x >>c; [ $(stat -c %Y c) -gt $before ] && echo modified
find . -newer old -name new | wc -l

echo "== contents"
seq 100000 >big; md5sum <big; wc -c <big; cp big big2; cmp big big2 && echo same
truncate -s 1000 big2; tail -c 20 big2 | md5sum; truncate -s 5000 big2; tail -c 3000 big2 | tr -d '\0' | wc -c
dd if=/dev/zero of=sparse bs=1 count=1 seek=10000000 2>/dev/null; stat -c %s sparse; [ $(du -k sparse | cut -f1) -lt 100 ] && echo sparse
md5sum sparse | cut -c1-32
dd if=big of=patched bs=1000 skip=3 count=2 seek=1 2>/dev/null; md5sum <patched
printf XYZ | dd of=big bs=1 seek=5000 conv=notrunc 2>/dev/null; md5sum <big
for i in {1..200}; do echo "line $i" >>appended; done; md5sum <appended
: >|big; wc -c <big; cat missing 2>&1; cat d 2>&1; cat file/x 2>&1

echo "== directories"
mkdir many; for i in {1..300}; do : >many/f$i; done; ls many | wc -l; ls many | sort -V | tail -n 2
rm many/f1*; ls many | wc -l; rm -r many; ls -d many 2>&1
mkdir odd; cd odd; touch -- 'with space' '-dash' $'new\nline' '*' '\back' 'quo"te' "ap'os" .hidden ünï; ls -1b | cat; ls -A | wc -l; rm -- *; ls -A; cd ..
name=$(printf 'n%.0s' {1..255}); touch $name && ls | grep -c nnnn; touch ${name}n 2>&1 | cut -c1-20 | head -n 1; rm $name
ls -1d .. . | cat; ls -a p1 | cat; ls -ld d | cut -c1-10; ls -F | cat | head -n 5
cp -a d dcopy; diff -r d dcopy && echo copied; cp -r deep deep2; find deep2 | sort; du -a deep2 | wc -l
tar cf - d deep link fifo | tar tvf - | awk '{print $1, $NF}'
pwd | sed "s#$dir#DIR#"; cd deep/er/and; cd -P ../..; pwd | sed "s#$dir#DIR#"; cd ~- ; pwd | sed "s#$dir#DIR#"
pushd /tmp >/dev/null; popd >/dev/null; echo glob: d*/ "$(echo [!a-z]*)" 
df . | tail -n 1 | awk '{print NF}'
