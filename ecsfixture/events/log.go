package events

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// DefaultKeep is how many events a log keeps.
const DefaultKeep = 100_000

// DefaultTimeout is how long WaitFor waits.
const DefaultTimeout = 30 * time.Second

// Log has all events, in the order in which they happened. Its methods may be
// called concurrently.
type Log struct {
	*store
	timeout time.Duration
}

// store is what the views of one log share.
type store struct {
	keep     int
	logger   *slog.Logger
	ctx      context.Context // ends when handlers must give up
	cancel   context.CancelFunc
	initial  []func() // start the handlers that options ask for
	handlers sync.WaitGroup

	// mu guards all that follows. It is never held across a call of a
	// filter, a handler or anything else that isn't this package's.
	mu      sync.Mutex
	last    uint64         // the number of the newest event, from 1 on
	entries []func() Event // the last keep count; older ones wait to be cut off
	closed  bool
	changed chan struct{} // closed and replaced at each change
	watched bool          // somebody has changed
}

// Option changes how a log works.
type Option func(*Log)

// Keep bounds memory: the last n events are kept, [DefaultKeep] unless this
// option says otherwise.
func Keep(n int) Option { return func(l *Log) { l.keep = max(n, 1) } }

// Timeout sets how long WaitFor waits, [DefaultTimeout] unless this option
// says otherwise.
func Timeout(d time.Duration) Option { return func(l *Log) { l.timeout = d } }

// Logger hears of events that could not be posted.
func Logger(to *slog.Logger) Option { return func(l *Log) { l.logger = to } }

// NewLog returns a log without events.
func NewLog(opts ...Option) *Log {
	l := &Log{timeout: DefaultTimeout, store: &store{
		keep: DefaultKeep, logger: slog.New(slog.DiscardHandler), changed: make(chan struct{}),
	}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	for _, o := range opts {
		o(l)
	}
	for _, start := range l.initial {
		start()
	}
	return l
}

// add notes an event. It never blocks: event is called by those who look.
func (s *store) add(event func() Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.entries) >= 2*s.keep {
		// Cutting off only when as much again has come makes an event
		// cost the same however many are kept.
		s.entries = append([]func() Event(nil), s.entries[len(s.entries)-s.keep:]...)
	}
	s.entries = append(s.entries, sync.OnceValue(event))
	s.last++
	s.announce()
}

// announce wakes who watches; mu is held.
func (s *store) announce() {
	if s.watched {
		close(s.changed)
		s.changed, s.watched = make(chan struct{}), false
	}
}

// Events returns the events that pass all filters, in the order in which they
// happened.
func (l *Log) Events(filter ...Filter) []Event {
	return filters(filter).choose(l.watch(0).entries)
}

// Close ends all waits, and returns when the handlers have had every event. If
// ctx ends before that, they get no more.
func (l *Log) Close(ctx context.Context) error {
	defer l.cancel()
	l.mu.Lock()
	l.closed = true
	l.announce()
	l.mu.Unlock()
	done := make(chan struct{})
	go func() { l.handlers.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("events are still being handled: %w", context.Cause(ctx))
	}
}

// view is what a log has at a moment.
type view struct {
	entries []func() Event // newer than what was asked for
	last    uint64
	over    bool            // no more events will come
	changed <-chan struct{} // closed when there is more to see
}

// watch returns the kept events after number n.
func (s *store) watch(n uint64) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watched = true
	kept := uint64(min(len(s.entries), s.keep))
	after := s.entries[uint64(len(s.entries))-min(kept, s.last-n):]
	return view{after, s.last, s.closed, s.changed}
}
