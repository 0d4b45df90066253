package docker

import (
	"context"
	"sync"
)

// flights lets concurrent callers share a piece of work by its key. It ends
// early when none of them waits for it any more.
type flights[T any] struct {
	mu    sync.Mutex // guards calls and the waiters of each
	calls map[string]*flight[T]

	work sync.WaitGroup // what is under way, waited for or not
}

type flight[T any] struct {
	waiters int
	cancel  context.CancelFunc
	done    chan struct{} // closed once value and err are set
	value   T
	err     error
}

func (f *flights[T]) do(ctx context.Context, key string, work func(context.Context) (T, error)) (T, error) {
	call := f.join(ctx, key, work)
	defer f.leave(key, call)
	select {
	case <-call.done:
		return call.value, call.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

func (f *flights[T]) join(ctx context.Context, key string, work func(context.Context) (T, error)) *flight[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if call, ok := f.calls[key]; ok {
		call.waiters++
		return call
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	call := &flight[T]{waiters: 1, cancel: cancel, done: make(chan struct{})}
	if f.calls == nil {
		f.calls = map[string]*flight[T]{}
	}
	f.calls[key] = call
	f.work.Go(func() {
		defer close(call.done)
		call.value, call.err = work(ctx)
	})
	return call
}

func (f *flights[T]) leave(key string, call *flight[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	call.waiters--
	if call.waiters > 0 {
		return
	}
	call.cancel()
	if f.calls[key] == call {
		delete(f.calls, key)
	}
}
