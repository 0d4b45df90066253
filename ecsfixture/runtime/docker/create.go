package docker

import (
	"context"
	"errors"
	"maps"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// creation is what the engine is to create.
type creation struct {
	name   string
	config *container.Config
	host   *container.HostConfig
}

// created is a container that the engine made.
type created struct {
	id string
	tc testcontainers.Container // nil where testcontainers had no part in it
}

// create makes a container by way of testcontainers, whose reaper then
// looks after it, or without where the reaper can't be had.
func (e *engine) create(ctx context.Context, c creation) (created, error) {
	if !e.reaperReady(ctx) {
		return e.createPlain(ctx, c)
	}
	tc, err := e.provider.CreateContainer(ctx, c.request())
	switch {
	case err == nil:
		return created{tc.GetContainerID(), tc}, nil
	case tc == nil:
		return created{}, err
	}
	// The container is there, but its reaper is not.
	e.giveUpReaper(err)
	return created{id: tc.GetContainerID()}, nil
}

func (e *engine) createPlain(ctx context.Context, c creation) (created, error) {
	res, err := e.client.ContainerCreate(ctx, client.ContainerCreateOptions{
		Name: c.name, Config: c.config, HostConfig: c.host,
	})
	return created{id: res.ID}, err
}

// request asks testcontainers for exactly c. It would publish the ports that
// the image exposes and prefix the image's name; so the last hook before the
// engine is called puts back what was asked for.
func (c creation) request() testcontainers.ContainerRequest {
	var (
		config *container.Config
		host   *container.HostConfig
	)
	asAsked := func(context.Context, testcontainers.ContainerRequest) error {
		labels := config.Labels // with those of testcontainers
		*config, *host = *c.config, *c.host
		config.Labels = labels
		return nil
	}
	return testcontainers.ContainerRequest{
		Name:               c.name,
		Image:              c.config.Image,
		Labels:             maps.Clone(c.config.Labels),
		ExposedPorts:       []string{"1/tcp"}, // else it asks the engine for the image's
		ConfigModifier:     func(sent *container.Config) { config = sent },
		HostConfigModifier: func(sent *container.HostConfig) { host = sent },
		LifecycleHooks: []testcontainers.ContainerLifecycleHooks{{
			PreCreates: []testcontainers.ContainerRequestHook{asAsked},
		}},
	}
}

// start starts a container.
func (e *engine) start(ctx context.Context, c created) error {
	if c.tc != nil {
		return c.tc.Start(ctx)
	}
	_, err := e.client.ContainerStart(ctx, c.id, client.ContainerStartOptions{})
	return err
}

// remove removes a container, then ends its connection to the reaper.
func (e *engine) remove(ctx context.Context, c created) error {
	err := e.removeContainer(ctx, c.id)
	if c.tc != nil && !testcontainers.ReadConfig().RyukDisabled {
		if reaped := c.tc.Terminate(ctx, testcontainers.StopTimeout(0)); !errdefs.IsNotFound(reaped) {
			err = errors.Join(err, reaped)
		}
	}
	return err
}

func (e *engine) inspect(ctx context.Context, id string) (container.InspectResponse, error) {
	res, err := e.client.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	return res.Container, err
}
