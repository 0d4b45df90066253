package docker

import (
	"context"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// makeVolumes makes the volumes that the task needs.
func (t *Task) makeVolumes(ctx context.Context) error {
	for _, v := range t.spec.Volumes {
		var err error
		switch v.Kind {
		case runtime.VolumeTask:
			err = t.makeVolume(ctx, v)
		case runtime.VolumeKept:
			err = t.rt.createVolume(ctx, t.rt.keptName(v), v, t.rt.labels) // again and again: that it is there is no error
		case runtime.VolumeShared:
			err = t.rt.ensureVolume(ctx, v)
		}
		if err != nil {
			return stepError(runtime.CannotCreateVolume, "created", taskLimit, err)
		}
	}
	return nil
}

func (t *Task) makeVolume(ctx context.Context, v runtime.Volume) error {
	name := t.volumeName(v)
	t.mu.Lock()
	t.volumes = append(t.volumes, name) // before the call: it may fail halfway
	t.mu.Unlock()
	return t.rt.createVolume(ctx, name, v, t.labels())
}

// ensureVolume finds a shared volume, or makes it if it may. One that was
// made here goes with the last runtime of the process that used it.
func (r *Runtime) ensureVolume(ctx context.Context, v runtime.Volume) error {
	r.useShared(v.Source)
	_, err := r.shared.do(ctx, "volume "+v.Source, func(ctx context.Context) (string, error) {
		_, err := r.engine.client.VolumeInspect(ctx, v.Source, client.VolumeInspectOptions{})
		switch {
		case !errdefs.IsNotFound(err):
			return "", err
		case !v.Autoprovision:
			return "", fmt.Errorf("get %s: no such volume, and autoprovision is off", v.Source)
		}
		return "", r.createVolume(ctx, v.Source, v, sharedLabels())
	})
	return err
}

func (r *Runtime) createVolume(ctx context.Context, name string, v runtime.Volume, labels map[string]string) error {
	_, err := r.engine.client.VolumeCreate(ctx, client.VolumeCreateOptions{
		Name: name, Driver: v.Driver, DriverOpts: v.DriverOpts,
		Labels: merged(v.Labels, labels),
	})
	return err
}

// source is what the engine mounts for a volume.
func (t *Task) source(v runtime.Volume) string {
	switch v.Kind {
	case runtime.VolumeTask:
		return t.volumeName(v)
	case runtime.VolumeKept:
		return t.rt.keptName(v)
	}
	return v.Source
}

func (t *Task) volumeName(v runtime.Volume) string { return t.containerName(v.Name) }

func (r *Runtime) keptName(v runtime.Volume) string { return r.engineName(v.Source) }
