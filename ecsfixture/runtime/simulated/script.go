package simulated

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Step is a part of a script.
type Step func(*script)

// script is what a container does. It is not changed once it is made, and
// all containers that it is for share it.
type script struct {
	actions []action // one after the other
	term    []action // instead of the rest, at SIGTERM
	deaf    bool     // to SIGTERM

	health  []healthChange
	healing bool // the script itself says when the container gets healthy

	pulls                 bool // says something about the pull
	failPull              error
	failCreate            error
	failStart             error
	slowPull              time.Duration
	slowCreate, slowStart time.Duration

	handler http.Handler // of requests to the ports; nil for the standard one
	calls   bool         // a Func, which listens by itself

	exec func(ctx context.Context, argv []string, out io.Writer) (int, error)
}

// healthChange is a change of mind of the health check.
type healthChange struct {
	after   func(*runtime.HealthCheck) time.Duration // since the start
	healthy bool
}

// Exit codes of a process that a signal ended.
const (
	exitKilled     = 128 + 9
	exitTerminated = 128 + 15
)

// unscripted is for containers that no rule is for.
var unscripted = newScript(nil)

func newScript(steps []Step) *script {
	s := &script{term: []action{exit(exitTerminated)}}
	for _, step := range steps {
		step(s)
	}
	return s
}

// Print writes lines to the standard output.
func Print(lines ...string) Step { return printTo(runtime.Stdout, lines) }

// PrintErr writes lines to the standard error.
func PrintErr(lines ...string) Step { return printTo(runtime.Stderr, lines) }

func printTo(s runtime.Stream, lines []string) Step {
	text := strings.Split(strings.Join(lines, "\n"), "\n")
	return do(write(s, text))
}

// RunFor lets time pass. As the last step it ends the container with 0.
func RunFor(d time.Duration) Step { return do(wait(d)) }

// Exit ends the container with an exit code.
func Exit(code int) Step { return do(exit(code)) }

// OutOfMemory ends the container as the kernel does when it uses more memory
// than it may: exit code 137, OOMKilled.
func OutOfMemory() Step {
	return do(end(runtime.Event{Kind: runtime.Exited, ExitCode: exitKilled, OOMKilled: true}))
}

// Vanish makes the container go away as if the engine had lost it.
func Vanish(reason string) Step {
	return do(end(runtime.Event{Kind: runtime.Vanished, Reason: reason}))
}

// Func runs f as the container's process; what it returns is the exit code.
//
// At SIGTERM its context ends, and f has the time of grace to return. When it
// is killed, [Process.Killed] ends too and the container is over with 137
// whatever f does: what it writes then is lost. Closing the task waits a few
// seconds for f to return and is an error if it doesn't.
//
// If f panics, its container prints that and exits with 2, as a Go program
// does.
func Func(f func(ctx context.Context, p Process) int) Step {
	return func(s *script) {
		s.calls = true
		do(call(f))(s)
	}
}

func do(a action) Step { return func(s *script) { s.actions = append(s.actions, a) } }

// OnTerm makes steps take place at SIGTERM, in place of what is left of the
// script. If they don't say how the container ends, it exits with 143. It
// has no bearing on a running Func, whose context ends.
func OnTerm(steps ...Step) Step {
	term := newScript(steps)
	return func(s *script) { s.term = append(term.actions, exit(exitTerminated)) }
}

// IgnoreTerm makes SIGTERM go by, for a Func too, so that only a kill ends
// the container before its time.
func IgnoreTerm() Step { return func(s *script) { s.deaf = true } }

// HealthyAfter makes the health check pass from a time after the start. It
// needs a health check in the task definition, as all of health does.
func HealthyAfter(d time.Duration) Step {
	return func(s *script) {
		s.healing = true
		s.health = append(s.health, healthChange{at(d), true})
	}
}

// UnhealthyAfter makes the health check fail from a time after the start.
func UnhealthyAfter(d time.Duration) Step {
	return func(s *script) { s.health = append(s.health, healthChange{at(d), false}) }
}

// NeverHealthy makes the health check fail from the beginning: the container
// is unhealthy once the start period and the retries are over.
func NeverHealthy() Step {
	return func(s *script) {
		s.healing = true
		s.health = append(s.health, healthChange{allRetries, false})
	}
}

func at(d time.Duration) func(*runtime.HealthCheck) time.Duration {
	return func(*runtime.HealthCheck) time.Duration { return d }
}

func allRetries(h *runtime.HealthCheck) time.Duration {
	return h.StartPeriod + time.Duration(max(h.Retries, 1))*h.Interval
}

func firstInterval(h *runtime.HealthCheck) time.Duration { return h.Interval }

// healthChanges adds the passing first check to a script that doesn't say
// when the container gets healthy, unless it gets unhealthy before that.
func (s *script) healthChanges(h *runtime.HealthCheck) []healthChange {
	if s.healing {
		return s.health
	}
	for _, change := range s.health {
		if change.after(h) <= h.Interval {
			return s.health
		}
	}
	return append([]healthChange{{firstInterval, true}}, s.health...)
}

// FailPull makes the image fail to pull, for a reason such as "manifest
// unknown".
func FailPull(reason string) Step {
	return func(s *script) { s.pulls, s.failPull = true, errors.New(reason) }
}

// FailCreate makes the container fail to be created.
func FailCreate(reason string) Step {
	return func(s *script) { s.failCreate = errors.New(reason) }
}

// FailStart makes the container fail to start.
func FailStart(reason string) Step {
	return func(s *script) { s.failStart = errors.New(reason) }
}

// SlowPull makes the image's first pull, and each that fails, take a time.
func SlowPull(d time.Duration) Step { return func(s *script) { s.pulls, s.slowPull = true, d } }

// SlowCreate makes it take a time to create the container.
func SlowCreate(d time.Duration) Step { return func(s *script) { s.slowCreate = d } }

// SlowStart makes it take a time to start the container.
func SlowStart(d time.Duration) Step { return func(s *script) { s.slowStart = d } }

// OnExec answers commands that are run in the container.
func OnExec(f func(ctx context.Context, argv []string, out io.Writer) (exitCode int, err error)) Step {
	return func(s *script) { s.exec = f }
}
