package ecsfixture_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// fakeTB is a test that may fail without its parent's failing.
type fakeTB struct {
	testing.TB
	ctx context.Context

	mu       sync.Mutex // guards the fields below
	cleanups []func()
	failures []string
	skipped  string
}

// pretend runs f as a test of its own, cleanups included, and returns what
// became of it.
func pretend(t *testing.T, f func(t testing.TB)) *fakeTB {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	fake := &fakeTB{TB: t, ctx: ctx}
	var wg sync.WaitGroup
	wg.Go(func() { f(fake) })
	wg.Wait()
	cancel()
	for len(fake.cleanups) > 0 {
		last := fake.cleanups[len(fake.cleanups)-1]
		fake.cleanups = fake.cleanups[:len(fake.cleanups)-1]
		last()
	}
	return fake
}

func (t *fakeTB) Context() context.Context { return t.ctx }
func (t *fakeTB) Helper()                  {}
func (t *fakeTB) Log(...any)               {}
func (t *fakeTB) Logf(string, ...any)      {}

func (t *fakeTB) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *fakeTB) Errorf(format string, args ...any) { t.fail(fmt.Sprintf(format, args...)) }
func (t *fakeTB) Error(args ...any)                 { t.fail(strings.TrimSuffix(fmt.Sprintln(args...), "\n")) }

func (t *fakeTB) Fatalf(format string, args ...any) {
	t.fail(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func (t *fakeTB) Fatal(args ...any) {
	t.fail(strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
	runtime.Goexit()
}

func (t *fakeTB) FailNow() {
	t.fail("FailNow")
	runtime.Goexit()
}

func (t *fakeTB) Skip(args ...any) {
	t.mu.Lock()
	t.skipped = strings.TrimSuffix(fmt.Sprintln(args...), "\n")
	t.mu.Unlock()
	runtime.Goexit()
}

func (t *fakeTB) fail(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, text)
}
