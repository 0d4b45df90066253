package runtimetest

import (
	"fmt"
	"slices"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var lineTests = []test{
	{"come by stream and in order", linesByStream},
	{"come all before the exit", linesBeforeExit},
	{"come while the container runs", linesLive},
}

func linesByStream(k *kit) {
	_, r := k.start(Prints)
	r.awaitExit(k.T, 3)
	k.equal(r.text(runtime.Stdout), []string{"out 1", "out 2"})
	k.equal(r.text(runtime.Stderr), []string{"err 1"})
}

// linesBeforeExit relies on the recorder for lines after the exit.
func linesBeforeExit(k *kit) {
	_, r := k.start(PrintsMany)
	r.awaitExit(k.T, 0)
	k.equal(r.text(runtime.Stdout), numbered(manyLines))
	lines, _ := r.told()
	if !slices.IsSortedFunc(lines, func(a, b runtime.Line) int { return a.Time.Compare(b.Time) }) {
		k.Error("the times of lines go back")
	}
}

func linesLive(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	if n := r.ends(); n > 0 {
		k.Errorf("exited already: %s", r)
	}
	k.must(c.Stop(k.Context(), k.h.Wait))
	r.awaitExit(k.T, 7)
	k.equal(r.text(runtime.Stdout), []string{"ready", "bye"})
}

func numbered(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d", i+1)
	}
	return lines
}

func repeat(n int, lines ...string) []string { return slices.Repeat(lines, n) }

// equal compares lines and tells the first that differs.
func (k *kit) equal(got, want []string) {
	k.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			k.Fatalf("%d lines, want %d; they differ from the one at %d on:\n got %q\nwant %q",
				len(got), len(want), i, some(got, i), some(want, i))
		}
	}
}

// some is a few lines from the one at i on.
func some(lines []string, i int) []string {
	i = min(i, len(lines))
	return lines[i:min(i+3, len(lines))]
}
