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

echo "== many small files"
mkdir small
make_some() {
	local from=$1 to=$2 i
	for ((i = from; i <= to; i++)); do
		printf 'file %d\n%s\n' $i "$(printf '%0*d' $((i % 50 + 1)) $i)" >small/$i
	done
}
for part in 0 1 2 3; do make_some $((part * 100 + 1)) $((part * 100 + 100)) & done
wait
ls small | wc -l
cat $(ls small | sort -n | sed 's,^,small/,') | md5sum
find small -type f -size -30c | wc -l
find small -name '*7' -print0 | xargs -0 rm
ls small | wc -l
grep -l '^0*123$' small/* | sort
grep -c . small/1* | awk -F: '{ s += $2 } END { print s }'
for f in small/?; do mv $f $f.renamed; done
ls small/*.renamed | wc -l
ls small | sort -V | tail -n 3

echo "== one file, many writers"
: >shared
writer() {
	local i
	for ((i = 0; i < 100; i++)); do
		printf '%s %03d %s\n' $1 $i "$(printf '%*s' 40 '' | tr ' ' $1)" >>shared
	done
}
for w in a b c d; do writer $w & done
wait
wc -l <shared
sort shared | md5sum
awk 'length != 46 { bad++ } END { print bad + 0, "broken lines" }' shared
for w in a b c d; do
	grep "^$w" shared | cut -d' ' -f2 | sort -c && echo "$w in order"
done

echo "== holes and ends"
dd if=/dev/zero of=holes bs=1 count=0 seek=3000000 2>/dev/null
for at in 5000 1000000 2999990; do
	printf 'mark at %d' $at | dd of=holes bs=1 seek=$at conv=notrunc 2>/dev/null
done
wc -c <holes
tr -d '\0' <holes; echo
md5sum <holes
cp --sparse=always holes holes2 && cmp holes holes2 && echo copied
[ $(du -k holes2 | cut -f1) -lt 100 ] && echo "still with holes"
truncate -s 5004 holes
tail -c 4 holes; echo
truncate -s 6000 holes
tail -c 1000 holes | tr -d '\0' | wc -c

echo "== a list, sorted by hand"
mapfile -t numbers < <(gen 300 11 | awk '{ print $2 }')
merge_sort() {
	local -a left right
	local middle=$(($# / 2)) i=0 j=0
	if [ $# -le 1 ]; then
		sorted=("$@")
		return
	fi
	merge_sort "${@:1:middle}"
	left=("${sorted[@]}")
	merge_sort "${@:middle+1}"
	right=("${sorted[@]}")
	sorted=()
	while [ $i -lt ${#left[@]} ] && [ $j -lt ${#right[@]} ]; do
		if [ ${left[i]} -le ${right[j]} ]; then
			sorted+=(${left[i++]})
		else
			sorted+=(${right[j++]})
		fi
	done
	sorted+=("${left[@]:i}" "${right[@]:j}")
}
merge_sort "${numbers[@]}"
cmp <(printf '%s\n' "${sorted[@]}") <(printf '%s\n' "${numbers[@]}" | sort -n) && echo "sorted as sort does"
printf '%s\n' "${sorted[@]}" | md5sum

echo "== through everything at once"
gen 5000 99 | tee >(cut -d' ' -f2 | sort -n | md5sum >sum1) >(wc -c >sum2) |
	awk '{ a[$2 % 7]++ } END { for (k = 0; k < 7; k++) print k, a[k] }' |
	while read -r key count; do echo "$((key * 10)) $count"; done |
	sort -rn | paste -sd,
until [ -s sum1 ] && [ -s sum2 ]; do sleep 0.02; done
cat sum1 sum2

echo "== sieve, matrix, life"
sieve() {
	local n=$1 i j
	local -a no
	for ((i = 2; i * i <= n; i++)); do
		[[ ${no[i]} ]] && continue
		for ((j = i * i; j <= n; j += i)); do no[j]=1; done
	done
	for ((i = 2; i <= n; i++)); do [[ ${no[i]} ]] || echo $i; done
}
sieve 2000 >primes; wc -l <primes; tail -n 1 primes; awk '{ s += $1 } END { print s }' primes
awk 'BEGIN { n = 12
	for (i = 0; i < n; i++) for (j = 0; j < n; j++) { a[i, j] = i + j; b[i, j] = i * j % 7 }
	for (i = 0; i < n; i++) for (j = 0; j < n; j++) for (k = 0; k < n; k++) c[i, j] += a[i, k] * b[k, j]
	for (i = 0; i < n; i += 4) { for (j = 0; j < n; j += 3) printf "%6d", c[i, j]; print "" } }'
life() {
	awk '{ for (i = 1; i <= length($0); i++) g[NR, i] = substr($0, i, 1) == "#"; w = length($0) }
	END { for (y = 1; y <= NR; y++) { line = ""
		for (x = 1; x <= w; x++) { n = 0
			for (dy = -1; dy <= 1; dy++) for (dx = -1; dx <= 1; dx++) if (dx || dy) n += g[y + dy, x + dx]
			line = line (n == 3 || (n == 2 && g[y, x]) ? "#" : ".") }
		print line } }'
}
printf '%s\n' '.#......' '..#.....' '###.....' '........' '........' '........' >world
for step in 1 2 3 4 5 6 7 8; do life <world >next; mv next world; done; cat world
echo "== a binary file by octal"
for i in 0 1 2 127 128 200 255 10 65; do printf "\\$(printf %03o $i)"; done >bytes
od -An -tu1 bytes | tr -s ' '; wc -c <bytes; tr -d '\0-\037' <bytes | od -An -tx1 | tr -s ' '
for i in 1 2 3 4 5 6 7 8 9 10; do cat bytes bytes >twice; mv twice bytes; done; wc -c <bytes; md5sum <bytes
dd if=bytes bs=9 count=1 skip=511 2>/dev/null | cmp - <(head -c 9 bytes) && echo periodic
split -b 1000 -a 3 bytes b.; cat b.??? | cmp - bytes && ls b.??? | wc -l
tac primes | paste -sd' ' | fold -w 60 -s | tail -n 2
sort -n primes primes | uniq -c | awk '$1 == 2' | wc -l
gzip -c bytes | gzip -dc | cmp - bytes && echo "through gzip"

echo "== rows and columns"
gen 2000 5 >rows
transpose() { awk '{ for (i = 1; i <= NF; i++) c[i] = c[i] (NR > 1 ? " " : "") $i; n = NF } END { for (i = 1; i <= n; i++) print c[i] }' "$@"; }
head -n 5 rows | transpose
head -n 200 rows | transpose | transpose | cmp - <(head -n 200 rows) && echo "twice is nothing"
histogram() {
	local -a bin=()
	local value i
	while read -r _ value _; do ((bin[value / 8192]++)); done
	for ((i = 0; i < 8; i++)); do printf '%d:%d ' $i ${bin[i]:-0}; done
	echo
}
histogram <rows
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
cut -d' ' -f2 rows | median; seq 10 | median
echo "== readers and writers at once"
mkfifo in out
work() { while read -r n; do echo "$n $((n * n))"; done; }
work <in >out &
seq 300 >in &
awk '{ s += $2 } END { print NR, s }' <out
wait
for part in 1 2 3 4; do
	gen 3000 $part | sort -k2n | md5sum >sum.$part &
done
wait
cat sum.? | sort | md5sum
for i in {1..8}; do seq $((i * 1000)) | tail -n 1 >last.$i & done; wait; cat last.? | paste -sd+ | tr '+' ' '
