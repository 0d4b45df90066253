package ecsfixture

import (
	"context"
	"fmt"
	"maps"
	"os"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// leakTimeout is how long what ends by itself has to be gone.
const leakTimeout = 2 * time.Second

// VerifyNoLeaks fails the test at its end if goroutines of fixtures, or
// containers, networks and volumes of this process, are left that weren't there
// when it was called. Call it before [Start], and not in tests that run in
// parallel with others, whose fixtures it can't tell from this test's; see
// [VerifyTestMain].
func VerifyNoLeaks(t testing.TB) {
	t.Helper()
	before := leaks()
	t.Cleanup(func() {
		t.Helper()
		if left := lasting(before); len(left) > 0 {
			t.Errorf("%s", leftBehind(left))
		}
	})
}

// VerifyTestMain runs the tests of a package and exits, with an error if
// goroutines of fixtures, or containers, networks and volumes of this process,
// are left:
//
//	func TestMain(m *testing.M) { ecsfixture.VerifyTestMain(m) }
func VerifyTestMain(m interface{ Run() int }) { os.Exit(verifyRun(m)) }

func verifyRun(m interface{ Run() int }) int {
	code := m.Run()
	if left := lasting(nil); len(left) > 0 {
		fmt.Fprintln(os.Stderr, leftBehind(left))
		code = max(code, 1)
	}
	return code
}

// leftBehind names what is left, and what to do about it.
func leftBehind(left []string) string {
	text := "ecsfixture: a fixture of New is not closed, or its Close failed; left behind:"
	for _, leak := range left {
		text += "\n" + leak
	}
	return text
}

// lasting tells the leaks that are still there after a while: the end of a
// goroutine tells nobody.
func lasting(before map[string]string) []string {
	end := time.Now().Add(leakTimeout)
	for pause := time.Millisecond; ; pause *= 2 {
		left := leaks()
		maps.DeleteFunc(left, func(name, _ string) bool { _, ok := before[name]; return ok })
		if len(left) == 0 || time.Now().After(end) {
			return slices.Sorted(maps.Values(left))
		}
		time.Sleep(pause)
	}
}

// leaks are by name what there is to say of each.
func leaks() map[string]string {
	ctx, cancel := context.WithTimeout(context.Background(), leakTimeout)
	defer cancel()
	found := goroutines()
	left, err := docker.Left(ctx)
	if err != nil {
		left = append(left, fmt.Sprintf("maybe something in the engine: %v", err))
	}
	for _, name := range left {
		found[name] = name
	}
	return found
}

// module is how the names of this module's functions begin.
const module = "github.com/ecsfixture/ecsfixture-go/ecsfixture"

// goroutines are the stacks of those that run code of fixtures or were started
// by it, tests apart.
func goroutines() map[string]string {
	found := map[string]string{}
	for stack := range strings.SplitSeq(allStacks(), "\n\n") {
		if ofFixture(stack) && !strings.Contains(stack, "testing.tRunner") && !strings.Contains(stack, "ecsfixture.verifyRun") {
			name, _, _ := strings.Cut(stack, " [")
			found[name] = stack
		}
	}
	return found
}

// ofFixture reports whether a stack has a function of one of the module's
// packages, not of their tests.
func ofFixture(stack string) bool {
	for line := range strings.Lines(stack) {
		line = strings.TrimPrefix(line, "created by ")
		if rest, ok := strings.CutPrefix(line, module); ok && (rest[0] == '.' || rest[0] == '/') {
			return true
		}
	}
	return false
}

func allStacks() string {
	for size := 1 << 16; ; size *= 2 {
		buf := make([]byte, size)
		if n := goruntime.Stack(buf, true); n < size {
			return string(buf[:n])
		}
	}
}
