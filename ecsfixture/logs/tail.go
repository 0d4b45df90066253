package logs

import (
	"cmp"
	"slices"
)

// numbered is a line with its place among all lines of the sink, from 1 on.
type numbered struct {
	Line
	n uint64
}

// tail is the last lines of one container.
type tail struct {
	lines []numbered // the last keep count; older ones wait to be cut off
	keep  int
}

// add appends l. Cutting off only when as much again has come makes a line
// cost the same however many are kept.
func (t *tail) add(l numbered) {
	if len(t.lines) >= 2*t.keep {
		t.lines = slices.Clone(t.lines[len(t.lines)-t.keep:])
	}
	t.lines = append(t.lines, l)
}

// after returns the kept lines with numbers greater than n.
func (t *tail) after(n uint64) []numbered {
	kept := t.lines[max(0, len(t.lines)-t.keep):]
	i, _ := slices.BinarySearchFunc(kept, n+1, func(l numbered, n uint64) int {
		return cmp.Compare(l.n, n)
	})
	return kept[i:]
}
