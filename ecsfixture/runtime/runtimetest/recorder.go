package runtimetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// recorder keeps what a container told, and how.
type recorder struct {
	wait time.Duration

	mu      sync.Mutex // guards what follows
	lines   []runtime.Line
	events  []runtime.Event
	faults  []string      // against the contract
	inLine  bool          // a call of Lines is going on
	inEvent bool          // a call of Events is going on
	over    bool          // nothing may come any more
	ended   bool          // an Exited or Vanished came, and no start since
	changed chan struct{} // closed and replaced at each change
}

func newRecorder(wait time.Duration) *recorder {
	return &recorder{wait: wait, changed: make(chan struct{})}
}

// line is the Lines of a ContainerSpec.
func (r *recorder) line(l runtime.Line) {
	defer r.during(&r.inLine, "Lines")()
	r.change(func() {
		r.lines = append(r.lines, l)
		r.faultIf(r.over, "line %q after Close", l.Text)
		r.faultIf(r.ended, "line %q after the exit", l.Text)
		r.faultIf(l.Time.IsZero(), "line %q without time", l.Text)
	})
}

// event is the Events of a ContainerSpec.
func (r *recorder) event(e runtime.Event) {
	defer r.during(&r.inEvent, "Events")()
	r.change(func() {
		r.events = append(r.events, e)
		r.faultIf(r.over, "event %+v after Close", e)
		r.faultIf(r.ended, "event %+v after the exit", e)
		r.faultIf(e.At.IsZero(), "event %+v without time", e)
		r.ended = r.ended || isEnd(e)
	})
}

func isEnd(e runtime.Event) bool { return e.Kind == runtime.Exited || e.Kind == runtime.Vanished }

// during notes calls that overlap.
func (r *recorder) during(flag *bool, name string) (leave func()) {
	r.change(func() {
		r.faultIf(*flag, "two calls of %s at a time", name)
		*flag = true
	})
	return func() { r.change(func() { *flag = false }) }
}

func (r *recorder) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *recorder) faultIf(is bool, format string, args ...any) {
	if is {
		r.faults = append(r.faults, fmt.Sprintf(format, args...))
	}
}

// starting allows for a further life of the container.
func (r *recorder) starting() { r.change(func() { r.ended = false }) }

// finish makes whatever comes from now on a fault.
func (r *recorder) finish() { r.change(func() { r.over = true }) }

// until waits until cond holds of what was told so far.
func (r *recorder) until(what string, cond func() bool) error {
	bound := time.NewTimer(r.wait)
	defer bound.Stop()
	for {
		r.mu.Lock()
		ok, changed := cond(), r.changed
		r.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-bound.C:
			return fmt.Errorf("no %s in %v; told: %s", what, r.wait, r)
		}
	}
}

func (r *recorder) await(t testing.TB, what string, cond func() bool) {
	t.Helper()
	if err := r.until(what, cond); err != nil {
		t.Fatal(err)
	}
}

// awaitLine waits for a line.
func (r *recorder) awaitLine(t testing.TB, text string) {
	t.Helper()
	r.await(t, fmt.Sprintf("line %q", text), func() bool {
		return slices.ContainsFunc(r.lines, func(l runtime.Line) bool { return l.Text == text })
	})
}

// awaitEvents waits for n events and returns them.
func (r *recorder) awaitEvents(t testing.TB, n int) []runtime.Event {
	t.Helper()
	r.await(t, fmt.Sprintf("event number %d", n), func() bool { return len(r.events) >= n })
	_, events := r.told()
	return events
}

// awaitExit waits for the only event to be an exit with code.
func (r *recorder) awaitExit(t testing.TB, code int) {
	t.Helper()
	if err := r.exit(code); err != nil {
		t.Fatal(err)
	}
}

// exit is awaitExit for any goroutine.
func (r *recorder) exit(code int) error {
	if err := r.until("exit", func() bool { return len(r.events) > 0 }); err != nil {
		return err
	}
	_, got := r.told()
	if len(got) != 1 || got[0].Kind != runtime.Exited || got[0].ExitCode != code {
		return fmt.Errorf("not one exit with %d; told: %s", code, r)
	}
	return nil
}

// told is a copy of all so far.
func (r *recorder) told() ([]runtime.Line, []runtime.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines), slices.Clone(r.events)
}

// text is the lines of a stream so far.
func (r *recorder) text(s runtime.Stream) []string {
	lines, _ := r.told()
	var text []string
	for _, l := range lines {
		if l.Stream == s {
			text = append(text, l.Text)
		}
	}
	return text
}

// ends counts the events that end a life.
func (r *recorder) ends() (n int) {
	_, events := r.told()
	for _, e := range events {
		if isEnd(e) {
			n++
		}
	}
	return n
}

// check reports what went against the contract.
func (r *recorder) check(t testing.TB) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, fault := range r.faults {
		t.Error(fault)
	}
}

// String tells all, but only the last of many lines.
func (r *recorder) String() string {
	lines, events := r.told()
	return fmt.Sprintf("%d lines, last %v; events %+v", len(lines), lines[max(0, len(lines)-5):], events)
}
