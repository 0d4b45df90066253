package docker

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/moby/moby/client"
)

// used is set when a runtime was made in this process.
var used atomic.Bool

// Left names the containers, networks and volumes of this process that are in
// the engine now. It asks nobody if the process has made no [Runtime].
func Left(ctx context.Context) ([]string, error) {
	if !used.Load() {
		return nil, nil
	}
	eng, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	defer eng.close()
	return eng.left(ctx, labelled(LabelOwner+"="+self().String()))
}

func (e *engine) left(ctx context.Context, f client.Filters) (names []string, err error) {
	containers, err := e.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: f})
	if err != nil {
		return nil, err
	}
	for _, c := range containers.Items {
		names = append(names, "container "+strings.TrimPrefix(strings.Join(c.Names, ","), "/"))
	}
	networks, err := e.client.NetworkList(ctx, client.NetworkListOptions{Filters: f})
	if err != nil {
		return nil, err
	}
	for _, n := range networks.Items {
		names = append(names, "network "+n.Name)
	}
	volumes, err := e.client.VolumeList(ctx, client.VolumeListOptions{Filters: f})
	if err != nil {
		return nil, err
	}
	for _, v := range volumes.Items {
		names = append(names, "volume "+v.Name)
	}
	return names, nil
}
