package events

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/patience"
)

// ErrOver is why [Log.Wait] ends when the event can't come any more: the log
// is closed.
var ErrOver = errors.New("no more events will come")

// lastEvents is how many events the failure of WaitFor shows.
const lastEvents = 20

// Wait returns the first event that passes all filters, as soon as there is
// one. The error wraps that of ctx, or [ErrOver].
func (l *Log) Wait(ctx context.Context, filter ...Filter) (Event, error) {
	return patience.First(ctx, l.Follow(ctx, filter...), filters(filter), ErrOver)
}

// TB is what WaitFor needs of a [testing.TB].
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// WaitFor returns the first event that passes all filters, as soon as there is
// one. Without one the test fails and shows the last events: when the time is
// up that [Timeout] or [Log.Within] sets, or shortly before the test's own
// deadline. The time of a fixture's log is that of its waits, 2 minutes by
// default.
func (l *Log) WaitFor(t TB, filter ...Filter) Event {
	t.Helper()
	bound := patience.Bound(t, l.timeout)
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	e, err := l.Wait(ctx, filter...)
	if err != nil {
		t.Fatalf("%s", l.failure(patience.Why(err, ErrOver, bound), filter))
	}
	return e
}

// Within returns a view of the same log whose WaitFor waits no longer than d.
func (l *Log) Within(d time.Duration) *Log { return &Log{l.store, d} }

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
