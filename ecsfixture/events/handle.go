package events

import "context"

// Handle calls f with each event that passes all filters and happens from now
// on: in order, one at a time, on a goroutine of its own. After stop no call
// begins.
func (l *Log) Handle(f func(Event), filter ...Filter) (stop func()) {
	ctx, cancel := context.WithCancel(l.ctx)
	from := l.watch(0).last
	l.handlers.Go(func() {
		defer cancel()
		for e := range l.follow(ctx, from, filter) {
			f(e)
		}
	})
	return cancel
}
