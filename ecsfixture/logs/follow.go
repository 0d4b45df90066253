package logs

import (
	"context"
	"iter"
)

// Follow yields the lines that pass all filters: first those that are there,
// then those that come, each once. It ends with ctx, when the sink is closed,
// and, if a filter names a task, when that task has no more lines. Who falls
// behind by more than the sink keeps of a container misses the oldest.
func (s *Sink) Follow(ctx context.Context, filter ...Filter) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		v := s.watch(0, filters(filter).tasks()...)
		for filters(filter).yield(ctx, v.lines, yield) && !v.over && wait(ctx, v) {
			v = s.watch(v.last, filters(filter).tasks()...)
		}
	}
}

// yield reports whether the caller wants more.
func (fs filters) yield(ctx context.Context, lines []numbered, yield func(Line) bool) bool {
	for _, l := range lines {
		if ctx.Err() != nil || fs.match(l.Line) && !yield(l.Line) {
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

// tasks are the IDs of the tasks that fs are limited to.
func (fs filters) tasks() []string {
	var ids []string
	for _, f := range fs {
		if f.task != "" {
			ids = append(ids, f.task)
		}
	}
	return ids
}
