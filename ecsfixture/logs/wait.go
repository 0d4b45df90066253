package logs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/patience"
)

// ErrOver is why [Sink.Wait] ends when the line can't come any more: the task
// has ended or the sink is closed.
var ErrOver = errors.New("no more lines will come")

// lastLines is how many lines the failure of WaitFor shows.
const lastLines = 20

// Wait returns the first line that passes all filters, as soon as there is
// one. The error wraps that of ctx, or [ErrOver].
func (s *Sink) Wait(ctx context.Context, filter ...Filter) (Line, error) {
	return patience.First(ctx, s.Follow(ctx, filter...), filters(filter), ErrOver)
}

// TB is what WaitFor needs of a [testing.TB].
type TB interface {
	Helper()
	Context() context.Context
	Fatalf(format string, args ...any)
}

// WaitFor returns the first line that passes all filters, as soon as there is
// one. Without one the test fails and shows the last lines: when the time is up
// that [Timeout] or [Sink.Within] sets, shortly before the test's own deadline,
// and at once when the named task has ended. The time of a fixture's sink is
// that of its waits, 2 minutes by default.
func (s *Sink) WaitFor(t TB, filter ...Filter) Line {
	t.Helper()
	bound := patience.Bound(t, s.timeout)
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	l, err := s.Wait(ctx, filter...)
	if err != nil {
		t.Fatalf("%s", s.failure(patience.Why(err, ErrOver, bound), filter))
	}
	return l
}

// Within returns a view of the same sink whose WaitFor waits no longer than
// d.
func (s *Sink) Within(d time.Duration) *Sink { return &Sink{s.store, d} }

// failure tells what was waited for and what came instead: the story of the
// task, with its last lines, or those of all that was asked for.
func (s *Sink) failure(why string, filter filters) string {
	if story := s.story(filter.task()); story != "" {
		return fmt.Sprintf("no %s %s\n%s", filter, why, story)
	}
	seen := s.Lines(filter.sources()...)
	shown := seen[max(0, len(seen)-lastLines):]
	if len(seen) == 0 {
		return fmt.Sprintf("no %s %s; %s", filter, why, s.wrote())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "no %s %s; %d of the %d lines there:", filter, why, len(shown), len(seen))
	for _, l := range shown {
		fmt.Fprintf(&b, "\n  %s", l)
	}
	return b.String()
}

// wrote says which containers have lines.
func (s *Sink) wrote() string {
	var names []string
	for _, l := range s.Lines() {
		if !slices.Contains(names, l.Container) {
			names = append(names, l.Container)
		}
	}
	if names == nil {
		return "no container wrote a line"
	}
	return "lines came from " + strings.Join(names, ", ") + " alone"
}

func (s *Sink) story(task string) string {
	if task == "" || s.explain == nil {
		return ""
	}
	return s.explain(task)
}
