package docker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// sharedUsers counts the runtimes of the process that use a shared volume, by
// its name: the last of them removes what was made here.
var sharedUsers = struct {
	sync.Mutex // guards byName, and each runtime's sharedUsed
	byName     map[string]int
}{byName: map[string]int{}}

// sharedLabels are those of a shared volume: it belongs to the process, to no
// session.
func sharedLabels() map[string]string {
	labels := sessionLabels("")
	delete(labels, LabelSession)
	return labels
}

// useShared counts the runtime among the users of a shared volume.
func (r *Runtime) useShared(name string) {
	sharedUsers.Lock()
	defer sharedUsers.Unlock()
	if !r.sharedUsed[name] {
		r.sharedUsed[name] = true
		sharedUsers.byName[name]++
	}
}

// leaveShared returns the shared volumes that nobody in the process uses any
// more when this runtime doesn't.
func (r *Runtime) leaveShared() (unused []string) {
	sharedUsers.Lock()
	defer sharedUsers.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.sharedUsed)) {
		if sharedUsers.byName[name]--; sharedUsers.byName[name] == 0 {
			delete(sharedUsers.byName, name)
			unused = append(unused, name)
		}
	}
	clear(r.sharedUsed)
	return unused
}

// closeShared removes the shared volumes that this process made and uses no
// more. One that another process has in use stays until a later sweep.
func (r *Runtime) closeShared(ctx context.Context) error {
	var errs []error
	for _, name := range r.leaveShared() {
		info, err := r.engine.client.VolumeInspect(ctx, name, client.VolumeInspectOptions{})
		if err != nil {
			errs = append(errs, ignoreNotFound(err))
			continue
		}
		if info.Volume.Labels[LabelOwner] != self().String() {
			continue
		}
		if err := r.engine.removeVolume(ctx, name); errdefs.IsConflict(err) {
			r.log.Warn("a shared volume stays, because another process uses it", "volume", name)
		} else {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
