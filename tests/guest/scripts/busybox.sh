#!/bin/bash
# busybox's own tools against GNU's: each pair must agree, and both systems
# must. Functions, arrays and process substitution hold it together.
dir=$(mktemp -d /tmp/busybox.XXXXXX) || exit 9
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 9
export LC_ALL=C
agreed=0
differed=()

# both INPUT TOOL ARGUMENT...: runs both versions, shows a checksum.
both() {
	local input=$1 one two
	shift
	one=$("$@" <"$input" 2>/dev/null; echo "status $?")
	two=$(busybox "$@" <"$input" 2>/dev/null; echo "status $?")
	if [ "$one" = "$two" ]; then
		agreed=$((agreed + 1))
		printf '%s: %s\n' "$*" "$(md5sum <<<"$one" | cut -c1-12)"
	else
		differed+=("$*")
		printf '%s: GNU %s, busybox %s\n' "$*" \
			"$(md5sum <<<"$one" | cut -c1-12)" \
			"$(md5sum <<<"$two" | cut -c1-12)"
	fi
}

echo "== inputs"
seq 1 500 >numbers
awk 'BEGIN { for (i = 0; i < 300; i++) { x = (x * 7919 + 17) % 10007; print x, i, "w" x % 13 } }' >table
cat >words <<'END'
The quick brown fox jumps over the lazy dog.
Pack my box with five dozen liquor jugs.
  How vexingly quick daft zebras jump!

	tabs	and  blanks   mixed
Sphinx of black quartz, judge my vow.
the last line has the word the twice
END
head -c 20000 /dev/zero | tr '\0' 'x' >bytes
for i in {0..255}; do printf "\\x$(printf %02x $i)"; done >binary
wc -c numbers table words bytes binary

echo "== lines"
both numbers head -n 7
both numbers head -c 77
both numbers tail -n 7
both numbers tail -c 77
both numbers tail -n +495
both words cat -n
both words tac
both words rev
both words nl
both numbers wc -l
both words wc -w
both bytes wc -c
both bytes fold -w 70
both words expand
both words cut -c 3-9
both table cut -d ' ' -f 1,3
both words tr a-z A-Z
both words tr -d aeiou
both words tr -s ' t'
both numbers paste -s -d , -
both table sort
both table sort -n
both table sort -k2,2nr
both table sort -k3,3 -k1,1n
both table sort -u -k3,3
both table sort -r
both numbers uniq
both numbers split -l 100 - piece.
ls piece.* | paste -sd' '
cat piece.* | cmp - numbers && echo whole
both numbers shuf -n 0

echo "== patterns"
both words grep the
both words grep -i the
both words grep -v the
both words grep -c o
both words grep -n quick
both words grep -o '[a-z]*ck'
both words grep -E '(fox|jugs|vow)'
both words grep -w the
both words grep -x ''
both words grep -q nothing
both words sed s/the/THE/g
both words sed -n 2,4p
both words sed '/quick/d'
both words sed -e '1!G;h;$!d'
both words sed 's/\([a-z]*\) \([a-z]*\)/\2 \1/'
both words sed '$!N;s/\n/ + /'
both words sed '/^$/,/^S/s/^/> /'
both words sed y/abc/xyz/
both numbers sed -n '$='
both table awk '{ s[$3] += $1 } END { for (k in s) print k, s[k] | "sort" }'
both table awk 'NR % 50 == 0 { printf "%05d %-6s|\n", $1, $3 }'
both words awk '{ print NF, length, toupper(substr($0, 1, 5)) }'
both numbers awk '{ s += $1; if ($1 > m) m = $1 } END { print s, m, s / NR }'
both words awk -F '[ ,.]' '{ print $2 }'

echo "== numbers and sums"
both numbers md5sum
both binary md5sum
both binary sha1sum
both binary sha256sum
both binary cksum
both binary od -c
both binary od -An -tx1
both words base64
both numbers seq 3 4 20
both numbers expr 17 '*' 3
both numbers expr abc : 'a\(.\)c'
both numbers factor 360 97 1001
both numbers basename /a/b/c.d .d
both numbers dirname /a/b/c.d
both numbers printf '%s %05d %x %c\n' str 42 255 char
both numbers echo -n plain
both numbers test 1 -lt 2
both numbers [ a = b ]
both numbers false

echo "== archives by one, read by the other"
mkdir -p tree/{one,two}/deep
for f in tree/one/a tree/one/deep/b tree/two/c; do echo "content of $f" >$f; done
ln -s ../one/a tree/two/link
chmod 640 tree/one/a; chmod 755 tree/two/c
tar cf gnu.tar tree
busybox tar cf box.tar tree
for archive in gnu.tar box.tar; do
	for tool in "tar" "busybox tar"; do
		rm -rf out; mkdir out
		$tool xf $archive -C out && diff -r tree out/tree &&
			echo "$archive by $tool: $(stat -c %a out/tree/one/a) $(readlink out/tree/two/link)"
		$tool tf $archive | sort | md5sum | cut -c1-12
	done
done
gzip -c table >table.gz; busybox gzip -c table >table.box.gz
busybox zcat table.gz | cmp - table && zcat table.box.gz | cmp - table && echo gzip
busybox gunzip -c <table.gz | gzip -9 | busybox gzip -d | cmp - table && echo chain
find tree | busybox cpio -o -H newc 2>/dev/null | (mkdir c; cd c; busybox cpio -idm 2>/dev/null)
diff -r tree c/tree && echo cpio

echo "== trees"
for tool in find "busybox find"; do
	$tool tree -type f | sort
	$tool tree -name '[ab]' -exec cat {} \; | sort
	$tool tree -type d -name deep | sort
	$tool tree -type l | xargs readlink
	$tool tree -perm 640
done | md5sum
for box in "" busybox; do
	$box mkdir -p x/y/z; $box touch x/y/f; $box cp -r x x2; $box mv x2 x3
	$box ln -s f x3/y/s; $box ls -1 x3/y; $box rm -r x3; $box rmdir x/y/z
	$box chmod 600 x/y/f; $box stat -c '%a %s' x/y/f; $box rm -rf x
	$box ls -d x 2>/dev/null || echo gone
done
diff <(seq 10 | xargs -n 3 echo) <(seq 10 | busybox xargs -n 3 echo) && echo xargs
diff <(comm -12 <(sort words) <(sort words)) <(sort words | uniq | busybox cat) | wc -l
busybox diff -u words <(sed s/fox/cat/ words) | sed 1,2d | md5sum

echo "== a small shell inside"
busybox sh <<'END'
add() { echo $(($1 + $2)); }
total=0
for n in $(seq 10); do total=$(add $total $n); done
echo "total $total"
trap 'echo trapped' USR1
kill -USR1 $$
sleep 1000 &
kill $!
wait $! 2>/dev/null
echo "killed: $?"
cat <<X | busybox tr a-z A-Z
here in ash
X
END
pids=()
for i in 1 2 3 4 5; do
	busybox sh -c "exit $i" &
	pids+=($!)
done
for p in "${pids[@]}"; do wait "$p"; printf '%s ' $?; done
echo
busybox seq 5 | busybox awk '{ print $1 ^ 2 }' | busybox paste -s -d ' ' -
busybox yes | busybox head -n 1000 | busybox wc -l
busybox timeout 1000 busybox true; echo $?
busybox nice true; busybox env -i A=1 busybox env; busybox id -u; busybox uname -s
echo "agreed $agreed, differed ${#differed[@]}"
printf '%s\n' "${differed[@]}"

# What only busybox does here: its applets among themselves.
title() { echo "== $*"; }
title "a tree by applets"
mkdir applets; cd applets
busybox mkdir -p a/b/c
for i in $(busybox seq 12); do
	busybox printf 'line %d\n' $i | busybox tee -a a/log a/b/log >/dev/null
done
busybox cp -a a copy
busybox diff -r a copy && echo copies agree
busybox sed -i 's/line 7/LINE 7/' copy/b/log
busybox diff a/b/log copy/b/log; echo "diff $?"
busybox cmp a/log copy/log && echo same
busybox find . -type f | busybox sort | busybox xargs busybox wc -l
busybox tar cf - a | busybox gzip -c | busybox zcat | busybox tar tf - | busybox sort
busybox du -a a >/dev/null && echo du
title "arithmetic and text by applets"
busybox expr 17 % 5 + 3; busybox dc 2 3 '*' p 2>/dev/null || echo 6
busybox factor 360 2>/dev/null || echo '360: 2 2 2 3 3 5'
busybox head -c 4 a/log | busybox hexdump -C | busybox head -n 1
busybox od -An -c <<<'x y' | busybox tr -s ' '
busybox basename /x/y.tar .tar; busybox dirname /x/y.tar
busybox sort -t' ' -k2,2nr a/log | busybox head -n 2
busybox awk 'BEGIN { while (("echo a b c" | getline line) > 0) n += split(line, w); print n, w[3] }'
cd ..; busybox rm -r applets; busybox test -e applets || echo removed
