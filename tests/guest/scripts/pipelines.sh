#!/bin/bash
# find, xargs, sort, uniq, awk, sed, grep, cut, tr, tar, gzip in pipelines.
dir=$(mktemp -d /tmp/pipe.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C

echo "== a tree"
mkdir -p tree/{a,b,c}/{x,y}/deep
n=0
for d in $(find tree -type d | sort); do
	for f in one two three; do
		n=$((n + 1))
		printf '%s %d\n' "$f" $n >"$d/$f.txt"
		head -c $((n * 37)) /dev/zero >"$d/$f.bin"
	done
done
find tree -type d | sort
find tree -type f | wc -l
find tree -name '*.txt' -path '*deep*' | sort | head -n 5
find tree -type f -size +2k | wc -l
find tree -type f -name 'one.*' ! -name '*.bin' -print0 | xargs -0 cat | sort -k2n | tail -n 4
find tree -maxdepth 2 -type d -exec basename {} \; | sort
find tree -name three.txt -exec grep -l 3 {} + | sort | head -n 3
find tree -type f -newer tree/a/one.txt | wc -l | grep -c .
find tree -empty | wc -l
find tree -name '*.bin' -delete; find tree -name '*.bin' | wc -l
find tree -type f -printf '%f %s\n' | sort | uniq -c | sort -rn | head -n 3 | sed 's/^ *//'
find . -perm 755 -type d | wc -l | grep -c .

echo "== words"
cat >text <<'END'
The quick brown fox jumps over the lazy dog. The dog sleeps;
the fox runs. Over hill, over dale, thorough bush, thorough brier,
over park, over pale, thorough flood, thorough fire.
END
tr -cs 'A-Za-z' '\n' <text | tr A-Z a-z | sort | uniq -c | sort -k1,1nr -k2 | head -n 6 | awk '{print $1, $2}'
tr -d 'aeiou' <text | head -n 1
grep -c over text; grep -o 'o[a-z]*' text | sort -u | tr '\n' ' '; echo
grep -n -i '^the' text; grep -v fox text; grep -E '(hill|fire)' text | wc -l
sed -n '2p' text; sed 's/over/UNDER/g;s/^/> /' text
sed -e '/fox/d' -e 's/\([a-z]*\), \([a-z]*\)/\2, \1/' text
sed -n '$=' text; sed '1!G;h;$!d' text | head -n 1
cut -d' ' -f2-4 text; cut -c1-10 text
rev text | head -n 1; tac text | head -n 1
fold -w 30 text | head -n 3; fmt -w 40 text | head -n 3
nl -ba text | head -n 2; expand -t 4 <<<$'a\tb'
wc text; head -c 20 text; echo; tail -c 12 text

echo "== awk"
seq 1 20 | awk '{ s += $1; q += $1 * $1 } END { print NR, s, q, s / NR }'
awk 'BEGIN { for (i = 1; i <= 5; i++) printf "%d^3=%d ", i, i ^ 3; print "" }'
awk -F: '{ shells[$7]++ } END { for (s in shells) print shells[s], s }' <<'END' | sort -rn
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
user:x:1000:1000::/home/user:/bin/bash
END
awk '{ for (i = NF; i > 0; i--) printf "%s%s", $i, i > 1 ? " " : "\n" }' text | head -n 1
awk 'length > 60 { print NR ": " length }' text
awk 'BEGIN { print substr("abcdef", 2, 3), index("abcdef", "cd"), toupper("x"), length("12345") }'
awk 'BEGIN { n = split("a:b:c", p, ":"); print n, p[3]; gsub(/b/, "X", p[2]); print p[2] }'
awk 'BEGIN { printf "%5.2f|%-6s|%06d|%x|%c\n", 3.14159, "left", 42, 255, 65 }'
awk 'BEGIN { "echo from a command" | getline line; print line; print "sorted b\nsorted a" | "sort" }'
awk 'function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) } BEGIN { print f(18) }'
awk 'match($0, /f[a-z]+/) { print substr($0, RSTART, RLENGTH) }' text

echo "== sort and friends"
printf '%s\n' 10 9 2 33 1 | sort | tr '\n' ' '; printf '%s\n' 10 9 2 33 1 | sort -n | tr '\n' ' '; echo
printf 'b 2\na 3\nc 1\na 1\n' | sort -k1,1 -k2,2nr
printf 'b 2\na 3\nc 1\n' | sort -t' ' -k2 -r
printf 'a\na\nb\nc\nc\nc\n' | uniq -c | awk '{print $1 $2}' | paste -sd,
printf 'a\na\nb\n' | uniq -d; printf 'a\na\nb\n' | uniq -u
comm -12 <(printf 'a\nb\nc\n') <(printf 'b\nc\nd\n') | paste -sd' '
join <(printf '1 a\n2 b\n') <(printf '1 x\n2 y\n')
seq 5 | shuf --random-source=/dev/zero | sort | paste -sd+ 
seq -s, 3 3 15; seq -w 8 11 | paste -sd' '
seq 100000 | sort -rn | md5sum
seq 30000 | awk '{print $1 % 1000, $1}' | sort -k1,1n -k2,2n | md5sum
split -l 10 -d <(seq 35) part. ; wc -l part.* | tail -n 1 | awk '{print $1}'; ls part.*

echo "== xargs"
echo 1 2 3 4 5 | xargs -n 2 echo pair
printf 'a b\nc d\n' | xargs -I{} echo '[{}]'
seq 10 | xargs -P 4 -n 1 sh -c 'echo $(($0 * $0))' | sort -n | paste -sd' '
seq 5000 | xargs echo | wc -w
echo | xargs -r echo never; echo x | xargs false; echo "status $?"

echo "== archives"
tar cf tree.tar tree; tar tf tree.tar | wc -l
gzip -9 <tree.tar >tree.tgz; gunzip <tree.tgz | cmp - tree.tar && echo "gzip round trip"
mkdir out; tar xzf tree.tgz -C out; diff -r tree out/tree && echo "tar round trip"
tar cf - tree | (cd out && rm -rf tree && tar xf -); diff -r tree out/tree && echo "pipe round trip"
head -c 300000 /dev/zero | gzip -c | gunzip -c | wc -c
seq 20000 | gzip | gzip -d | md5sum
dd if=tree.tar bs=512 count=3 2>/dev/null | wc -c
od -An -tx1 -c <<<'od test' | head -n 2
printf 'checksum' | md5sum; printf 'checksum' | sha1sum; printf 'checksum' | sha256sum; printf checksum | cksum
base64 <<<'base sixty four' | tee /dev/stderr 2>/dev/null | base64 -d
yes | head -n 1000 | sort | uniq -c | awk '{print $1}'
cat /dev/zero | head -c 1000000 | tr '\0' x | wc -c

echo "== a log, looked at from all sides"
make_log() {
	awk 'BEGIN {
		split("GET POST PUT HEAD", verb, " ")
		split("/ /index /a/b /a/c /img/x.png /missing", path, " ")
		split("200 200 200 301 404 500", code, " ")
		x = 7
		for (i = 0; i < 400; i++) {
			x = (x * 1103 + 12345) % 65521; v = verb[x % 4 + 1]
			x = (x * 1103 + 12345) % 65521; p = path[x % 6 + 1]
			x = (x * 1103 + 12345) % 65521; c = code[x % 6 + 1]
			x = (x * 1103 + 12345) % 65521
			printf "10.0.%d.%d - [%02d:%02d:%02d] \"%s %s\" %s %d\n", x % 3, x % 5, i / 60, i % 60, x % 60, v, p, c, x
		}
	}'
}
make_log >access
md5sum <access
cut -d' ' -f1 access | sort | uniq -c | sort -k1nr -k2 | head -n 4 | sed 's/^ *//'
awk '{ bytes[$6] += $7; hits[$6]++ } END { for (c in hits) print c, hits[c], bytes[c] }' access | sort
awk -F'"' '{ print $2 }' access | sort | uniq -c | sort -k1nr -k2 | head -n 5 | sed 's/^ *//'
grep ' 404 ' access | sed 's/.*"\([A-Z]*\) \([^"]*\)".*/\2 \1/' | sort | uniq -c | sed 's/^ *//' | head -n 6
grep -cE '"(GET|HEAD) [^"]*" 200' access
sed -n '/ 500 /{s/^\([^ ]*\).*/\1/;p;}' access | sort -u | paste -sd' '
sort -k7,7n access | tail -n 2 | cut -d' ' -f1,7
awk '{ split(substr($3, 2), t, ":"); hour[t[1]]++ } END { for (h in hour) printf "%s:%d ", h, hour[h]; print "" }' access | tr ' ' '\n' | sort | paste -sd' '
split -l 100 access chunk.
for c in chunk.*; do
	awk -v name=$c '{ s += $7 } END { print name, NR, s }' $c &
done | sort
wait
tac access | awk '!seen[$1]++ { print $1 }' | sort | head -n 3
join -j 1 <(cut -d' ' -f1 access | sort | uniq -c | awk '{ print $2, $1 }') <(grep ' 404 ' access | cut -d' ' -f1 | sort | uniq -c | awk '{ print $2, $1 }') | head -n 3
sed 's/\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)\.\([0-9]*\)/\4.\3.\2.\1/' access | head -n 2 | cut -d' ' -f1
tr -s ' "' '\n\n' <access | sort | uniq -c | awk '$1 > 150 { print $2 }' | paste -sd' '
column_sum() { awk -v c="$1" '{ s += $c } END { print s }' "$2"; }
column_sum 7 access
column_sum 6 access
comm -23 <(seq 1 20 | sort) <(awk '{ print $7 % 20 }' access | sort -u) | paste -sd' '

echo "== a program in sed, one in awk"
sed -e ':again' -e 's/^\([0-9]*\)\([0-9]\{3\}\)/\1,\2/;tagain' <<X
1234567
42
1000
X
sed -n 'H;${x;s/\n/,/g;s/^,//;p;}' <(seq 8)
sed '/start/,/end/{//!s/^/  /;}' <<X
a
start
b
c
end
d
X
sed = text | sed 'N;s/\n/: /' | head -n 2
sed -E 's/(\w+) (\w+)/\2 \1/g' text | head -n 1

awk '{ a[NR] = $0 } END { for (i = NR; i > 0; i--) print a[i] }' text | head -n 1
awk 'BEGIN { for (i = 2; i < 100; i++) { p = 1; for (j = 2; j * j <= i; j++) if (i % j == 0) { p = 0; break }; if (p) printf "%d ", i }; print "" }'
awk 'BEGIN { while (("seq 3" | getline x) > 0) s = s x; close("seq 3"); print s; system("echo from system"); printf "" > "made.awk"; print "kept" >> "made.awk"; close("made.awk"); getline y < "made.awk"; print y }'
awk -v OFS=- '{ $1 = $1; print $1, $2, NF } END { print NR > "/dev/stderr" }' text 2>&1 | tail -n 2
awk 'BEGIN { RS = "" } { n = split($0, w, /[^A-Za-z]+/); print n }' text
awk 'BEGIN { a["x"] = 1; a["y"]; if ("y" in a) delete a["y"]; for (k in a) print k; print length(a), substr("hello", 0, 3), sprintf("%c%c", 72, "i") }'

echo "== tables"
cat >cities <<'END'
Oslo;Norway;709
Bergen;Norway;291
Lyon;France;522
Paris;France;2102
Nice;France;342
Turin;Italy;848
END
sort -t';' -k2,2 -k3,3nr cities | awk -F';' '$2 != last { print "[" $2 "]"; last = $2 } { printf "  %-8s %5d\n", $1, $3 }'
awk -F';' '{ s[$2] += $3; n[$2]++ } END { for (c in s) printf "%s %d %.1f\n", c, n[c], s[c] / n[c] }' cities | sort -k3,3nr
cut -d';' -f2 cities | sort | uniq -d; cut -d';' -f2 cities | sort | uniq -u
join -t';' -1 2 -2 1 <(sort -t';' -k2,2 cities) <(printf 'France;EUR\nItaly;EUR\nNorway;NOK\n') | head -n 3
paste -d';' <(cut -d';' -f1 cities) <(cut -d';' -f3 cities | sort -n) | tail -n 2
sed -n 's/^\([^;]*\);\([^;]*\);\(.*\)/\2: \1 (\3)/p' cities | sort | head -n 2
tr ';' '\t' <cities | expand -t 10 | head -n 1 | sed 's/ *$//'
grep -c ';France;' cities; grep -vn France cities | cut -d: -f1 | paste -sd,
split -l 2 -d cities city.; ls city.*; cat city.* | cmp - cities && echo rejoined
csplit -s cities '/Lyon/' '/Turin/'; wc -l xx0? | awk '{ print $1 }' | paste -sd' '
echo "== xargs and find -exec"
seq 10 | xargs -n 3 echo; seq 4 | xargs -I{} echo 'item {}.'
printf '%s\0' 'a b' c | xargs -0 -n1 printf '<%s>\n'
seq 5 | xargs -P 3 -n 1 sh -c 'echo $(($0 * $0))' | sort -n | paste -sd' '
echo a b | xargs -t echo 2>&1; xargs -r echo </dev/null; echo | xargs; false | xargs -r false; echo $?
seq 3 | xargs -n1 sh -c 'exit $0' 2>/dev/null; echo $?
find tree -name '*.txt' -exec sh -c 'for f; do basename "$f"; done' _ {} + | sort | uniq -c | sed 's/^ *//'
find tree -depth -name deep -prune -o -type d -print | sort | head -n 3
find tree \( -name one.txt -o -name two.txt \) -a ! -path '*y*' | sort | tail -n 2
find tree -regex '.*/[ab]/x/three\.txt' | sort; find tree -type d -links 3 | wc -l | grep -c .

echo "== both ways"
mkfifo up down; (while read -r l; do echo "${l^^}"; done <up >down) & exec 8>up 9<down
for w in a b c; do echo $w >&8; read -r r <&9; printf '%s ' $r; done; echo; exec 8>&- 9<&-; wait
seq 3 | tee >(cat >/dev/null) | paste -sd+ ; { echo out; echo err >&2; } 2>&1 >/dev/null | sed 's/^/only /'
