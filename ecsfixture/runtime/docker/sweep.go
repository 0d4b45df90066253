package docker

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// Sweep removes the containers, networks and volumes that processes of this
// host left behind when they were killed, and names them. [New] sweeps once in
// a process.
func Sweep(ctx context.Context) (removed []string, err error) {
	return sweep(ctx, labelled(LabelOwner), ownerIsDead)
}

// SweepSession removes the containers, networks and volumes of a session, and
// names them: for processes of other hosts and of containers, of which
// [Sweep] can't tell whether they have ended. The session must have.
func SweepSession(ctx context.Context, session string) (removed []string, err error) {
	return sweep(ctx, labelled(LabelSession+"="+session), always)
}

func sweep(ctx context.Context, f client.Filters, doomed func(labels map[string]string) bool) ([]string, error) {
	eng, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer eng.close()
	removed, err := eng.sweep(ctx, f, doomed)
	return namesOf(removed), err
}

// A process sweeps when it makes its first runtime, and again when it closes
// the first one: the engine finishes what a process asked for that was killed
// meanwhile, and shows it only then.
var sweepOnce, sweepAgain sync.Once

func ownerIsDead(labels map[string]string) bool {
	o, ok := parseOwner(labels[LabelOwner])
	return ok && o.dead()
}

func always(map[string]string) bool { return true }

// sweep removes all that the filter finds and doomed agrees to, and returns
// what went. Containers go first, since they hold on to the others.
func (e *engine) sweep(ctx context.Context, f client.Filters, doomed func(labels map[string]string) bool) (removed []found, err error) {
	all, err := e.find(ctx, f)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f found) bool { return !doomed(f.labels) })
	var errs []error
	for _, kind := range []struct {
		name   string
		remove func(context.Context, string) error
	}{{"container", e.removeContainer}, {"network", e.removeNetwork}, {"volume", e.removeVolume}} {
		these := slices.DeleteFunc(slices.Clone(all), func(f found) bool { return f.kind != kind.name })
		gone, err := removeAll(ctx, these, func(ctx context.Context, f found) error { return kind.remove(ctx, f.id) })
		removed, errs = append(removed, gone...), append(errs, err)
	}
	return removed, errors.Join(errs...)
}

// removeAll removes concurrently and returns what went, and the first error.
func removeAll[T any](ctx context.Context, all []T, remove func(context.Context, T) error) (removed []T, err error) {
	var (
		mu sync.Mutex // guards removed
		g  errgroup.Group
	)
	g.SetLimit(16)
	for _, one := range all {
		g.Go(func() error {
			err := remove(ctx, one)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				removed = append(removed, one)
			}
			return err
		})
	}
	err = g.Wait()
	return removed, err
}

// removeContainer removes a container, running or not, with its anonymous
// volumes. Who finds it gone or going is content.
func (e *engine) removeContainer(ctx context.Context, id string) error {
	_, err := e.client.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	if errdefs.IsConflict(err) { // somebody else is at it
		return e.awaitRemoved(ctx, id)
	}
	return ignoreNotFound(err)
}

func (e *engine) awaitRemoved(ctx context.Context, id string) error {
	wait := e.client.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: "removed"})
	select {
	case <-wait.Result:
		return nil
	case err := <-wait.Error:
		return ignoreNotFound(err)
	}
}

func (e *engine) removeNetwork(ctx context.Context, id string) error {
	_, err := e.client.NetworkRemove(ctx, id, client.NetworkRemoveOptions{})
	return ignoreNotFound(err)
}

func (e *engine) removeVolume(ctx context.Context, name string) error {
	_, err := e.client.VolumeRemove(ctx, name, client.VolumeRemoveOptions{Force: true})
	return ignoreNotFound(err)
}

func ignoreNotFound(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
