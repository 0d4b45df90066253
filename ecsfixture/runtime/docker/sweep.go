package docker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
	"golang.org/x/sync/errgroup"
)

// Sweep removes the containers, networks and volumes that processes of this
// host left behind when they were killed, and returns how many there were.
// [New] sweeps once in a process.
func Sweep(ctx context.Context) (n int, err error) {
	eng, err := connect(ctx)
	if err != nil {
		return 0, err
	}
	defer eng.close()
	return eng.sweep(ctx, labelled(LabelOwner), ownerIsDead)
}

var sweepOnce sync.Once

func ownerIsDead(labels map[string]string) bool {
	o, ok := parseOwner(labels[LabelOwner])
	return ok && o.dead()
}

func always(map[string]string) bool { return true }

// sweep removes all that the filter finds and doomed agrees to. Containers
// go first, since they hold on to the others.
func (e *engine) sweep(ctx context.Context, f client.Filters, doomed func(labels map[string]string) bool) (int, error) {
	containers, err := e.sweepContainers(ctx, f, doomed)
	networks, err2 := e.sweepNetworks(ctx, f, doomed)
	volumes, err3 := e.sweepVolumes(ctx, f, doomed)
	return containers + networks + volumes, errors.Join(err, err2, err3)
}

func (e *engine) sweepContainers(ctx context.Context, f client.Filters, doomed func(map[string]string) bool) (int, error) {
	list, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: f})
	if err != nil {
		return 0, err
	}
	var ids []string
	for _, c := range list.Items {
		if doomed(c.Labels) {
			ids = append(ids, c.ID)
		}
	}
	return removeAll(ctx, ids, e.removeContainer)
}

func (e *engine) sweepNetworks(ctx context.Context, f client.Filters, doomed func(map[string]string) bool) (int, error) {
	list, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: f})
	if err != nil {
		return 0, err
	}
	var ids []string
	for _, n := range list.Items {
		if doomed(n.Labels) {
			ids = append(ids, n.ID)
		}
	}
	return removeAll(ctx, ids, e.removeNetwork)
}

func (e *engine) sweepVolumes(ctx context.Context, f client.Filters, doomed func(map[string]string) bool) (int, error) {
	list, err := e.client.VolumeList(ctx, client.VolumeListOptions{Filters: f})
	if err != nil {
		return 0, err
	}
	var names []string
	for _, v := range list.Items {
		if doomed(v.Labels) {
			names = append(names, v.Name)
		}
	}
	return removeAll(ctx, names, e.removeVolume)
}

// removeAll removes concurrently and returns how many went.
func removeAll(ctx context.Context, ids []string, remove func(context.Context, string) error) (int, error) {
	var (
		n atomic.Int32
		g errgroup.Group
	)
	g.SetLimit(16)
	for _, id := range ids {
		g.Go(func() error {
			err := remove(ctx, id)
			if err == nil {
				n.Add(1)
			}
			return err
		})
	}
	err := g.Wait()
	return int(n.Load()), err
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
