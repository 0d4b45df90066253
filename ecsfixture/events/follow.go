package events

import (
	"context"
	"iter"
)

// Follow yields the events that pass all filters: first those that are there,
// then those that come, each once. It ends with ctx and when the log is
// closed. Who falls behind by more than the log keeps misses the oldest.
func (l *Log) Follow(ctx context.Context, filter ...Filter) iter.Seq[Event] {
	return l.follow(ctx, 0, filter)
}

// follow yields the events after number n.
func (s *store) follow(ctx context.Context, n uint64, filter filters) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		v := s.watch(n)
		for filter.yield(ctx, v.entries, yield) && !v.over && wait(ctx, v) {
			v = s.watch(v.last)
		}
	}
}

// yield reports whether the caller wants more.
func (fs filters) yield(ctx context.Context, entries []func() Event, yield func(Event) bool) bool {
	for _, event := range entries {
		if ctx.Err() != nil {
			return false
		}
		if e := event(); fs.match(e) && !yield(e) {
			return false
		}
	}
	return true
}

// wait reports whether there is more to see before ctx ends.
func wait(ctx context.Context, v view) bool {
	select {
	case <-ctx.Done():
		return false
	case <-v.changed:
		return true
	}
}
