package docker

import (
	"context"
	"strings"

	"github.com/moby/moby/client"
)

// found is something in the engine that carries labels of a runtime.
type found struct {
	kind, id, name string
	labels         map[string]string
}

func (f found) String() string { return f.kind + " " + f.name }

// find lists containers, then networks, then volumes.
func (e *engine) find(ctx context.Context, f client.Filters) (all []found, err error) {
	for _, list := range []func(context.Context, client.Filters) ([]found, error){e.findContainers, e.findNetworks, e.findVolumes} {
		some, err := list(ctx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func (e *engine) findContainers(ctx context.Context, f client.Filters) (all []found, err error) {
	list, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: f})
	for _, c := range list.Items {
		all = append(all, found{"container", c.ID, strings.TrimPrefix(strings.Join(c.Names, ","), "/"), c.Labels})
	}
	return all, err
}

func (e *engine) findNetworks(ctx context.Context, f client.Filters) (all []found, err error) {
	list, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: f})
	for _, n := range list.Items {
		all = append(all, found{"network", n.ID, n.Name, n.Labels})
	}
	return all, err
}

func (e *engine) findVolumes(ctx context.Context, f client.Filters) (all []found, err error) {
	list, err := e.client.VolumeList(ctx, client.VolumeListOptions{Filters: f})
	for _, v := range list.Items {
		all = append(all, found{"volume", v.Name, v.Name, v.Labels})
	}
	return all, err
}
