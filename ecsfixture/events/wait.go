package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrOver is why [Log.Wait] ends when the event can't come any more: the log
// is closed.
var ErrOver = errors.New("no more events will come")

// lastEvents is how many events the failure of WaitFor shows.
const lastEvents = 20

// Wait returns the first event that passes all filters, as soon as there is
// one. The error wraps that of ctx, or [ErrOver].
func (l *Log) Wait(ctx context.Context, filter ...Filter) (Event, error) {
	for e := range l.Follow(ctx, filter...) {
		return e, nil
	}
	cause := context.Cause(ctx)
	if cause == nil {
		cause = ErrOver
	}
	return Event{}, fmt.Errorf("no %s: %w", filters(filter), cause)
}

// TB is what WaitFor needs of a [testing.TB].
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// WaitFor returns the first event that passes all filters, as soon as there is
// one. Without one the test fails and shows the last events: after 30 seconds
// or shortly before the test's own deadline. [Timeout] and [Log.Within] set
// another bound.
func (l *Log) WaitFor(t TB, filter ...Filter) Event {
	t.Helper()
	bound := l.bound(t)
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	e, err := l.Wait(ctx, filter...)
	if err != nil {
		t.Fatalf("%s", l.failure(why(err, bound), filter))
	}
	return e
}

// Within returns a view of the same log whose WaitFor waits no longer than d.
func (l *Log) Within(d time.Duration) *Log { return &Log{l.store, d} }

// bound leaves a second before the test's deadline for the failure text.
func (l *Log) bound(t TB) time.Duration {
	at, ok := deadline(t)
	if !ok {
		return l.timeout
	}
	return min(l.timeout, max(time.Until(at)-time.Second, 0))
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

func why(err error, bound time.Duration) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "within " + bound.String()
	case errors.Is(err, ErrOver):
		return "and " + ErrOver.Error()
	}
	return "before the test ended"
}

// failure tells what was waited for and what came instead.
func (l *Log) failure(why string, filter filters) string {
	seen := l.Events(filter.subjects()...)
	shown := seen[max(0, len(seen)-lastEvents):]
	var b strings.Builder
	fmt.Fprintf(&b, "no %s %s; %d of the %d events there:", filter, why, len(shown), len(seen))
	for _, e := range shown {
		fmt.Fprintf(&b, "\n  %s", e)
	}
	return b.String()
}
