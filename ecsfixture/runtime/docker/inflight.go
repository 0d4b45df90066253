package docker

import (
	"context"
	"sync"
	"time"
)

// inflight counts engine calls that may outlive their callers, so that
// closing can wait for what they make.
type inflight struct {
	mu     sync.Mutex    // guards the fields below
	n      int           // calls under way
	closed bool          // no call may begin any more
	idle   chan struct{} // made by close; closed once n is 0
}

func (f *inflight) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.n++
	}
	return !f.closed
}

func (f *inflight) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n--
	if f.closed && f.n == 0 {
		close(f.idle)
	}
}

// close lets no call begin and returns what is closed when the last one has
// ended.
func (f *inflight) close() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed, f.idle = true, make(chan struct{})
		if f.n == 0 {
			close(f.idle)
		}
	}
	return f.idle
}

// closed waits until done is closed, and reports a ctx that ends before.
func closed(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// detach calls work and waits for it or for ctx. The work itself isn't cut
// short, because an engine call that is may have happened or not; when its
// caller has gone, undo takes back what it made.
func detach[T any](ctx context.Context, calls *inflight, limit time.Duration,
	work func(context.Context) (T, error), undo func(T),
) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var zero T
	if err := ctx.Err(); err != nil {
		return zero, err
	}
	if !calls.begin() {
		return zero, errClosed
	}
	outcomes := make(chan outcome) // unbuffered: either the caller has it, or undo
	go func() {
		defer calls.end()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		value, err := work(limited)
		if limited.Err() != nil && err != nil {
			err = errTimedOut
		}
		select {
		case outcomes <- outcome{value, err}:
		case <-ctx.Done():
			if err == nil {
				undo(value)
			}
		}
	}()
	select {
	case o := <-outcomes:
		return o.value, o.err
	case <-ctx.Done():
		return zero, ctx.Err()
	}
}
