package simulated

import (
	"context"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// action is a step that takes place. It runs with the container's lock held
// and tells whether the next one follows at once.
type action func(*run) (goOn bool)

func write(s runtime.Stream, lines []string) action {
	return func(r *run) bool {
		for _, line := range lines {
			r.c.line(s, line)
		}
		return true
	}
}

func wait(d time.Duration) action {
	return func(r *run) bool {
		r.later(d)
		r.resting = true
		return false
	}
}

func exit(code int) action { return end(runtime.Event{Kind: runtime.Exited, ExitCode: code}) }

func end(e runtime.Event) action {
	return func(r *run) bool {
		r.end(e)
		return false
	}
}

func call(f func(context.Context, Process) int) action {
	return func(r *run) bool {
		r.call(f)
		return false
	}
}
