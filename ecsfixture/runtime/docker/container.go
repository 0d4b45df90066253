package docker

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/events"
	"github.com/moby/moby/client"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Container is a container in the engine. It implements
// [runtime.Container] and [runtime.Executor].
type Container struct {
	created
	task     *Task
	spec     runtime.ContainerSpec
	holder   holder      // of its own network namespace; without ID if it has none
	output   output      // used by one life at a time
	removing atomic.Bool // the runtime itself removes it

	mu   sync.Mutex // guards life
	life *life      // the current or last one; nil before the first start
}

var (
	_ runtime.Container = (*Container)(nil)
	_ runtime.Executor  = (*Container)(nil)
)

// Create implements [runtime.Task].
//
// In a namespace that it shares, a container has no host name, resolver,
// hosts and ports of its own; as in ECS these are not looked at.
func (t *Task) Create(ctx context.Context, spec runtime.ContainerSpec) (runtime.Container, error) {
	c, err := detach(ctx, &t.calls, createLimit,
		func(ctx context.Context) (*Container, error) { return t.create(ctx, spec) },
		func(c *Container) { t.discard(context.Background(), c) })
	if err != nil {
		return nil, stepError(runtime.CannotCreateContainer, "created", createLimit, err)
	}
	return c, nil
}

func (t *Task) create(ctx context.Context, spec runtime.ContainerSpec) (*Container, error) {
	host, err := t.hostConfig(spec)
	if err != nil {
		return nil, err
	}
	c := &Container{task: t, spec: spec, output: output{tty: spec.TTY, lines: spec.Lines}}
	config := t.config(spec)
	if err := c.connect(ctx, config, host); err != nil {
		return nil, err
	}
	c.created, err = t.rt.engine.create(ctx, creation{t.containerName(spec.Name), config, host})
	if err != nil {
		t.discard(ctx, c)
		return nil, err
	}
	t.enlist(c)
	return c, nil
}

// connect puts the container into its network.
func (c *Container) connect(ctx context.Context, config *container.Config, host *container.HostConfig) error {
	t := c.task
	switch mode := t.spec.NetworkMode; {
	case mode == runtime.AWSVPC:
		host.NetworkMode = container.NetworkMode("container:" + t.holder)
		return nil
	case mode == runtime.None || c.spec.DisableNetworking:
		config.Hostname, config.NetworkDisabled, host.NetworkMode = c.spec.Hostname, true, "none"
		return nil
	}
	netConfig, netHost, err := t.connection(c.spec)
	switch {
	case err != nil:
		return err
	case t.spec.NetworkMode == runtime.Host:
		config.Hostname, host.NetworkMode, host.ExtraHosts = c.spec.Hostname, "host", netHost.ExtraHosts
		return nil
	case t.spec.Agent != "":
		return c.connectHeld(ctx, *netConfig, *netHost, host)
	}
	config.Hostname, config.ExposedPorts = netConfig.Hostname, netConfig.ExposedPorts
	host.NetworkMode, host.PortBindings, host.Links = netHost.NetworkMode, netHost.PortBindings, netHost.Links
	host.DNS, host.DNSSearch, host.ExtraHosts = netHost.DNS, netHost.DNSSearch, netHost.ExtraHosts
	return nil
}

// connectHeld makes a holder that leads to the task's endpoint, for a
// container in the bridge network to join.
func (c *Container) connectHeld(ctx context.Context, netConfig container.Config, netHost container.HostConfig, host *container.HostConfig) (err error) {
	c.holder, err = c.task.createHolder(ctx, c.spec.Name+"-holder", netConfig, netHost, true)
	host.NetworkMode = container.NetworkMode("container:" + c.holder.id)
	return err
}

// enlist lets Close, events and other containers of the task find c.
func (t *Task) enlist(c *Container) {
	t.own(c.created)
	t.mu.Lock()
	t.containers[c.spec.Name] = c
	t.mu.Unlock()
	t.rt.mu.Lock()
	t.rt.containers[c.id] = c
	t.rt.mu.Unlock()
}

// discard removes what the caller of Create didn't get. What can't be
// removed now is left to Close.
func (t *Task) discard(ctx context.Context, c *Container) {
	t.mu.Lock()
	if t.containers[c.spec.Name] == c {
		delete(t.containers, c.spec.Name)
	}
	t.mu.Unlock()
	for _, made := range []created{c.created, c.holder.created} {
		if made.id != "" {
			_ = t.remove(ctx, made)
		}
	}
}

func (t *Task) container(name string) *Container {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.containers[name]
}

// ID implements [runtime.Container].
func (c *Container) ID() string { return c.id }

// networkID is the container that has the network interface.
func (c *Container) networkID() string {
	if c.holder.id != "" {
		return c.holder.id
	}
	return c.id
}

// Start implements [runtime.Container].
func (c *Container) Start(ctx context.Context) (runtime.Started, error) {
	if err := c.awaitEnd(ctx); err != nil { // of the life before
		return runtime.Started{}, err
	}
	l, err := detach(ctx, &c.task.calls, startLimit, c.start, c.abandon)
	if err != nil {
		return runtime.Started{}, stepError(runtime.CannotStartContainer, "started", startLimit, err)
	}
	l.begin()
	return l.started, nil
}

func (c *Container) start(ctx context.Context) (*life, error) {
	l := newLife(c)
	c.mu.Lock()
	c.life = l // before the call: events may come before it returns
	c.mu.Unlock()
	err := c.startEngine(ctx)
	if err == nil {
		l.started, err = c.describe(ctx)
	}
	if err != nil {
		l.end()
		return nil, err
	}
	return l, nil
}

func (c *Container) startEngine(ctx context.Context) error {
	if c.holder.id != "" {
		if err := c.task.rt.engine.runHolder(ctx, c.holder); err != nil {
			return err
		}
	}
	return c.task.rt.engine.start(ctx, c.created)
}

// describe tells how the container came up.
func (c *Container) describe(ctx context.Context) (runtime.Started, error) {
	info, err := c.task.rt.engine.inspect(ctx, c.id)
	if err != nil {
		return runtime.Started{}, err
	}
	started := runtime.Started{At: time.Now()}
	if at, err := time.Parse(time.RFC3339Nano, info.State.StartedAt); err == nil {
		started.At = at
	}
	switch {
	case c.task.spec.NetworkMode == runtime.Host:
		started.Bindings = hostBindings(c.spec.Ports)
	case c.holder.id != "":
		if info, err = c.task.rt.engine.inspect(ctx, c.holder.id); err != nil {
			return runtime.Started{}, err
		}
		fallthrough
	default:
		started.Bindings = bindings(info.NetworkSettings.Ports)
	}
	return started, nil
}

// abandon kills what the caller of Start didn't wait for.
func (c *Container) abandon(l *life) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if _, err := c.task.rt.engine.client.ContainerKill(ctx, c.id, client.ContainerKillOptions{Signal: "KILL"}); err != nil {
		c.task.rt.log.Debug("kill after a cancelled start", "container", c.id, "error", err)
	}
	l.end()
}

// Stop implements [runtime.Container].
func (c *Container) Stop(ctx context.Context, grace time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	seconds := int(math.Ceil(grace.Seconds()))
	_, err := c.task.rt.engine.client.ContainerStop(ctx, c.id, client.ContainerStopOptions{Timeout: &seconds})
	if err == nil || errdefs.IsNotFound(err) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return runtime.Named(runtime.CannotStopContainer, daemonError(err))
}

// awaitEnd waits for the end of the current life, if there is one.
func (c *Container) awaitEnd(ctx context.Context) error {
	l := c.current()
	if l == nil {
		return nil
	}
	return closed(ctx, l.ended)
}

func (c *Container) current() *life {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.life
}

// hear passes an event of the engine on to the current life.
func (c *Container) hear(m events.Message) {
	if l := c.current(); l != nil {
		l.hear(m)
	}
}

// lose tells the current life that the engine has gone.
func (c *Container) lose(reason string) {
	if l := c.current(); l != nil {
		select {
		case l.lost <- reason:
		default: // it knows
		}
	}
}

// lookAgain makes the current life check whether it goes on.
func (c *Container) lookAgain() {
	c.hear(events.Message{Action: events.ActionDie, TimeNano: time.Now().UnixNano()})
}
