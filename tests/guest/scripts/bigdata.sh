#!/bin/bash
# Larger amounts through pipes, files, FIFOs, tee, sort; contents are checked.
dir=$(mktemp -d /tmp/big.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C
gen() { awk -v n="$1" -v s="${2:-1}" 'BEGIN { x = s; for (i = 0; i < n; i++) { x = (x * 1103 + 12345) % 65521; print i, x, "text of line " i * 7 % 1000 } }'; }

echo "== pipes"
gen 40000 | md5sum
gen 40000 | cat | cat | cat | cat | md5sum
gen 40000 | tee copy1 copy2 | wc -c; cmp copy1 copy2 && md5sum <copy1
head -c 3000000 /dev/zero | md5sum
yes abcdefghij | head -c 2000000 | md5sum
(gen 5000 1; gen 5000 2) | sort -k2n -k1n | md5sum
gen 20000 | (head -n 5; echo rest; wc -l) | sed 's/^ *//' | tail -n 2 | head -n 1
gen 100000 | head -n 3
yes | head -n 100000 | wc -l
gen 1000 | while read -r a b c; do [ $((a % 250)) -eq 0 ] && echo "$a $b $c"; done
dd if=/dev/zero bs=64k count=20 2>/dev/null | wc -c
dd if=/dev/urandom bs=1k count=100 2>/dev/null >random; wc -c <random; cmp random <(cat random) && echo random kept
cat random random random | split -b 50k - piece.; ls piece.* | wc -l; cat piece.* | cmp - <(cat random random random) && echo split joined

echo "== fifos"
mkfifo f1 f2
gen 3000 >f1 & md5sum <f1; wait
cat <f1 >f2 & gen 3000 3 >f1 & md5sum <f2; wait
(for i in 1 2 3; do echo "message $i"; done) >f1 & while read -r line; do echo "got $line"; done <f1; wait
exec 8<>f1; echo kept >&8; read -r x <&8; echo "$x"; exec 8>&-
(echo a >f1; echo b >f1) & cat f1 | wc -l | grep -c '[12]'; cat f1 >/dev/null 2>&1 & sleep 0.1; kill $! 2>/dev/null; wait 2>/dev/null

echo "== sort"
gen 30000 7 >data; sort -k2n -k1n data | md5sum; sort -R data | sort | md5sum; sort -r data | head -n 2
sort -u -k2,2n data | wc -l; sort -S 100k -k3 data 2>/dev/null | md5sum; sort -m <(sort data) <(sort data) | uniq -c | awk '$1 != 2' | wc -l
awk '{ c[$2 % 10]++ } END { for (k in c) print k, c[k] }' data | sort
awk '{ print $2 > "bucket." $2 % 5 }' data; wc -l bucket.* | awk '{print $1}' | paste -sd' '

echo "== rewriting files"
cp data work; for i in 1 2 3 4 5; do sed -i "s/line $i/LINE $i/" work; done; grep -c LINE work; md5sum <work
for i in $(seq 50); do printf '%08d\n' $i | dd of=blocks bs=9 seek=$((50 - i)) conv=notrunc 2>/dev/null; done; md5sum <blocks; head -n 2 blocks
cat data >>work; cat work >>data; md5sum <data; truncate -s 12345 data; md5sum <data; cat data data >work; wc -c <work
for i in $(seq 20); do gen 200 $i >part$i & done; wait; cat part? part?? | md5sum
for i in $(seq 10); do cp part1 copy.$i & done; wait; for i in $(seq 10); do cmp part1 copy.$i; done; echo copies fine
tar cf all.tar part* && mkdir x && tar xf all.tar -C x && diff -r x <(:) >/dev/null 2>&1; ls x | wc -l; cat x/part? x/part?? | md5sum
gzip -k part1; zcat part1.gz | cmp - part1 && echo gzip; gzip -dc part1.gz | wc -l
find . -type f | wc -l; rm -rf x part* copy*; find . -type f | wc -l; sync; echo synced
comm -3 <(seq 1000 | sort) <(seq 2 1001 | sort) | tr -d '\t' | paste -sd' '
join -o 1.1,2.2 <(seq 2000 | sort) <(seq 2000 | awk '{print $1, $1 * $1}' | sort) | sort -n | tail -n 1
paste -d+ <(seq 1000) <(seq 1000) | bc 2>/dev/null | tail -n 1 | grep -c . >/dev/null; seq 1000 | paste -sd+ | awk -F+ '{ for (i = 1; i <= NF; i++) s += $i; print s }'
