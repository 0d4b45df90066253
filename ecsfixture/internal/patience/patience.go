// Package patience is what the waits of tests have in common: how long they
// last and why they end.
package patience

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// margin is left before a test's own deadline to tell what happened and to
// clean up; then go test kills the process.
const margin = 5 * time.Second

// TB is what a wait needs of a [testing.TB].
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// Bound is how long a wait of t may take: d, and less where the test's own
// deadline comes before.
func Bound(t TB, d time.Duration) time.Duration {
	at, ok := deadline(t)
	if !ok {
		return d
	}
	return min(d, max(time.Until(at)-margin, 0))
}

// deadline is the deadline of t, if it has one. In a synctest bubble, where
// time isn't real, a test has none: T.Deadline panics there.
func deadline(t TB) (at time.Time, ok bool) {
	defer func() {
		if recover() != nil {
			at, ok = time.Time{}, false
		}
	}()
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		return d.Deadline()
	}
	return time.Time{}, false
}

// First returns the first of a sequence that ends with ctx. If there is none
// the error names what was waited for and wraps that of ctx, or over.
func First[T any](ctx context.Context, all iter.Seq[T], what fmt.Stringer, over error) (first T, err error) {
	for first = range all {
		return first, nil
	}
	cause := context.Cause(ctx)
	if cause == nil {
		cause = over
	}
	return first, fmt.Errorf("no %s: %w", what, cause)
}

// Why says in a failure text what ended a wait without success.
func Why(err, over error, bound time.Duration) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "within " + bound.String()
	case errors.Is(err, over):
		return "and " + over.Error()
	}
	return "before the test ended"
}
