package simulated

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// pull is a pull that takes time, shared by all who wait for it.
type pull struct {
	done    chan struct{} // closed when the time is over
	timer   *time.Timer
	waiting int // guarded by Runtime.mu
}

// Pull implements [runtime.Runtime]. Identifiers are digests of the
// reference, so they are the same in every run.
func (rt *Runtime) Pull(ctx context.Context, ref string, _ *runtime.RegistryAuth) (runtime.Image, error) {
	if err := rt.enter(ctx, Pull, Call{Image: ref}); err != nil {
		return runtime.Image{}, err
	}
	s := rt.pullScript(ref)
	if s == nil {
		s = unscripted
	}
	if err := rt.fetch(ctx, ref, s.slowPull); err != nil {
		return runtime.Image{}, err
	}
	return rt.resolve(ref, s)
}

func (rt *Runtime) resolve(ref string, s *script) (runtime.Image, error) {
	switch {
	case rt.strict && !rt.knowsImage(ref):
		return runtime.Image{}, runtime.Errorf(runtime.CannotPullContainer,
			"simulated: strict: no script is for image %q", ref)
	case s.failPull != nil:
		return runtime.Image{}, runtime.Named(runtime.CannotPullContainer, s.failPull)
	}
	rt.mu.Lock()
	rt.local[ref] = true
	rt.mu.Unlock()
	return runtime.Image{ID: digest("image", ref), Digest: digest("repository", ref)}, nil
}

func digest(kind, ref string) string {
	sum := sha256.Sum256([]byte(kind + " " + ref))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// fetch lets the time of a pull pass, once for all who wait together.
func (rt *Runtime) fetch(ctx context.Context, ref string, d time.Duration) error {
	p, err := rt.join(ref, d)
	if p == nil {
		return err
	}
	defer rt.leave(ref, p)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-rt.closing:
		return errPullClosed(ref)
	}
}

func errPullClosed(ref string) error {
	return runtime.Errorf(runtime.CannotPullContainer, "%s: the runtime is %w", ref, ErrClosed)
}

// join finds the pull to wait for, nil if there is no need to.
func (rt *Runtime) join(ref string, d time.Duration) (*pull, error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.closed {
		return nil, errPullClosed(ref)
	}
	if d <= 0 || rt.local[ref] {
		return nil, nil
	}
	p := rt.pulls[ref]
	if p == nil {
		p = &pull{done: make(chan struct{})}
		p.timer = time.AfterFunc(d, func() { close(p.done) })
		rt.pulls[ref] = p
	}
	p.waiting++
	return p, nil
}

// leave ends a pull that nobody waits for any more.
func (rt *Runtime) leave(ref string, p *pull) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if p.waiting--; p.waiting == 0 {
		p.timer.Stop()
		delete(rt.pulls, ref)
	}
}

// pause lets time pass unless something ends the wait.
func pause(ctx context.Context, d time.Duration, closing <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-closing:
		return fmt.Errorf("the task is %w", ErrClosed)
	}
}
