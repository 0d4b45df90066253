// Package runtimetest is the suite that every runtime passes, as
// testing/fstest is for file systems.
//
//	func TestContract(t *testing.T) {
//		runtimetest.Run(t, runtimetest.Shell(newRuntime, "busybox:1.37"))
//	}
//
// Besides what package runtime says in its comments, the suite settles:
//
//   - A call whose context has ended fails with that context's error, has no
//     effect, and can be made again. Only Close of a runtime goes through.
//   - The order of lines is that of each stream; two streams may interleave
//     in any way, as their pipes do.
//   - Once Close of a task or runtime has begun, events and lines may be
//     dropped; once it has returned there are no callbacks any more.
//   - Close stops what runs by a kill. A container whose task is closed can't
//     be started, and a closed task or runtime makes nothing new.
//   - A container that was stopped by a kill exits with 137.
//
// Waits are on callbacks, with a generous bound, so that a slow machine makes
// the suite slow and not wrong.
package runtimetest

import (
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Harness is what the suite needs to know of a runtime.
type Harness struct {
	// New makes a runtime. The suite closes it.
	New func(testing.TB) runtime.Runtime

	// Spec describes a container that behaves. The suite sets its name
	// and callbacks, and pulls its image.
	Spec func(Behavior) runtime.ContainerSpec

	// NoImage is a reference that can't be pulled.
	NoImage string

	// Left tells what a closed runtime left behind. It may be nil.
	Left func(runtime.Runtime) []string

	// NoAWSVPC says why the network mode awsvpc can't be had, if so.
	NoAWSVPC string

	// Wait bounds each wait, a minute if 0.
	Wait time.Duration
}

// Behavior names what a container does.
type Behavior string

// What the containers of the suite do.
const (
	// Prints writes "out 1" and "out 2" to the standard output and
	// "err 1" to the standard error, then exits with 3.
	Prints Behavior = "prints"

	// PrintsMany writes 2000 lines, "line 1" and so on, then exits with 0.
	PrintsMany Behavior = "prints many"

	// Obeys writes "ready" and runs; at SIGTERM it writes "bye" and exits
	// with 7.
	Obeys Behavior = "obeys"

	// Ignores writes "ready" and runs; SIGTERM goes by.
	Ignores Behavior = "ignores"

	// Sickens runs, becomes healthy, then unhealthy. Its SIGTERM is as
	// with Obeys, without the lines.
	Sickens Behavior = "sickens"

	// BadCommand can't be started.
	BadCommand Behavior = "bad command"
)

// manyLines is how many lines PrintsMany writes.
const manyLines = 2000

// Run runs the suite as subtests of t.
func Run(t *testing.T, h Harness) {
	if h.Wait == 0 {
		h.Wait = time.Minute
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) { test.run(newKit(t, h)) })
			}
		})
	}
}

type test struct {
	name string
	run  func(*kit)
}

var groups = []struct {
	name  string
	tests []test
}{
	{"Pull", pullTests},
	{"Start", startTests},
	{"Lines", lineTests},
	{"Stop", stopTests},
	{"Health", healthTests},
	{"Network", networkTests},
	{"Cancel", cancelTests},
	{"Close", closeTests},
}
