package server

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// The bounds of single steps, as the agent has them.
const (
	pullTimeout        = 2 * time.Hour
	prepareTimeout     = 4 * time.Minute
	createTimeout      = 4 * time.Minute
	startTimeout       = 3 * time.Minute
	stopMargin         = 2 * time.Minute // on top of the stop timeout
	defaultStopTimeout = 30 * time.Second
)

// resolve fetches secrets, environment files and registry logins.
func (r *runner) resolve() {
	r.life.resolved = busy
	r.effect(func() func() {
		in, err := r.s.fetchInputs(r.launching, r.t)
		return func() {
			r.inputs = in
			r.life.resolved = r.outcome(err)
		}
	})
}

// outcome is done or failed; a failure becomes the task's reason.
func (r *runner) outcome(err error) progress {
	if err == nil {
		return done
	}
	r.life.failure = clip(r.worded(err))
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		r.note("hint:", hinted.Hint())
	}
	return failed
}

// clip cuts a reason to what the agent reports of it.
func clip(reason string) string {
	if len(reason) <= maxReason {
		return reason
	}
	return strings.ToValidUTF8(reason[:maxReason], "")
}

// worded is the text of an error, as the agent of a container instance words
// it where that differs from Fargate.
func (r *runner) worded(err error) string {
	var both interface{ EC2() string }
	if !r.life.fargate && errors.As(err, &both) {
		return both.EC2()
	}
	return err.Error()
}

// prepare makes the task's network and volumes.
func (r *runner) prepare() {
	r.life.prepared = busy
	r.effect(func() func() {
		task, err := r.newRuntimeTask()
		return func() {
			r.runtime = task
			err = runtime.Named(runtime.ResourceInitialization, err)
			if r.life.prepared = r.outcome(err); err == nil {
				r.record(func(api *types.Task) { r.attach(api, task.Network()) })
			}
		}
	})
}

func (r *runner) newRuntimeTask() (runtime.Task, error) {
	if err := r.checkFileSystems(); err != nil {
		return nil, err
	}
	ctx, cancel := step(r.launching, prepareTimeout, "prepared")
	defer cancel()
	task, err := r.s.cfg.Runtime.NewTask(ctx, r.taskSpec())
	return task, explain(ctx, err)
}

// attach records that the task is connected, and its network interface.
func (r *runner) attach(api *types.Task, n runtime.Network) {
	api.Connectivity = types.ConnectivityConnected
	api.ConnectivityAt = aws.Time(time.Now())
	r.t.network = n
	attachInterface(api, n)
	attachVolumes(api)
}

// pull makes a container's image available.
func (r *runner) pull(name string) {
	m, p := r.member(name), r.containers[name]
	m.phase = pulling
	r.record(func(api *types.Task) {
		if api.PullStartedAt == nil {
			api.PullStartedAt = aws.Time(time.Now())
		}
	})
	r.effect(func() func() {
		ctx, cancel := step(r.launching, pullTimeout, "pulled")
		defer cancel()
		image, err := r.s.cfg.Runtime.Pull(ctx, *p.definition.Image, r.inputs.auth[name])
		err = runtime.Named(runtime.CannotPullContainer, explain(ctx, err))
		return func() {
			r.hasPulled(name, image, err)
			r.pullsEnd()
		}
	})
}

func (r *runner) hasPulled(name string, image runtime.Image, err error) {
	if err != nil || r.member(name).failure != "" {
		r.notLaunched(name, err)
		return
	}
	r.member(name).phase = pulled
	r.containers[name].image = image
	r.tell(name, func(c *AgentContainer) { c.ImageID = image.ID })
	r.recordContainer(name, "", func(c *types.Container) { c.ImageDigest = aws.String(image.Digest) })
}

// pullsEnd records the end of the last pull, be it a failure.
func (r *runner) pullsEnd() {
	if r.life.count(waiting, pulling) == 0 {
		r.record(func(api *types.Task) { api.PullStoppedAt = aws.Time(time.Now()) })
	}
}

// notLaunched records a container that could not be launched, for the first
// time or again. One that was interrupted because its task stops has no
// reason of its own.
func (r *runner) notLaunched(name string, err error) {
	m, note := r.member(name), stopped.String()
	if m.failure == "" && (r.life.desired != stopped || !errors.Is(err, context.Canceled)) {
		m.failure = clip(err.Error())
	}
	if m.failure != "" {
		note = "failed: " + m.failure
	}
	r.hasEnded(name, note, func(c *types.Container) {
		c.ExitCode = m.exit
		if m.failure != "" {
			c.Reason = aws.String(m.failure)
		}
	})
}

// launch creates a container, unless it is there already, and starts it.
func (r *runner) launch(name string) {
	m, p := r.member(name), r.containers[name]
	m.phase = launching
	spec := r.containerSpec(name)
	r.effect(func() func() {
		c, w, started, err := r.bringUp(p, spec)
		return func() { r.hasLaunched(name, c, w, started, err) }
	})
}

// bringUp runs beside the runner: it reads p and changes nothing.
func (r *runner) bringUp(p *process, spec runtime.ContainerSpec) (c runtime.Container, w LogWriter, s runtime.Started, err error) {
	c, w = p.container, p.logs
	if c == nil {
		late := new(lateWriter)
		spec.Lines = late.WriteLine
		if c, err = r.create(spec); err != nil {
			return nil, nil, s, err
		}
		if w, err = r.s.cfg.Logs.Open(r.logSource(p.definition, c.ID())); err != nil {
			return c, nil, s, r.logFailure(err)
		}
		late.LogWriter = w
	}
	ctx, cancel := step(r.launching, startTimeout, "started")
	defer cancel()
	s, err = c.Start(ctx)
	return c, w, s, runtime.Named(runtime.CannotStartContainer, explain(ctx, err))
}

func (r *runner) create(spec runtime.ContainerSpec) (runtime.Container, error) {
	ctx, cancel := step(r.launching, createTimeout, "created")
	defer cancel()
	c, err := r.runtime.Create(ctx, spec)
	return c, runtime.Named(runtime.CannotCreateContainer, explain(ctx, err))
}

// step bounds one step of a launch.
func step(ctx context.Context, bound time.Duration, to string) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, bound, runtime.Errorf(runtime.DockerTimeout, reasonTransition, to, bound))
}

// explain puts the cause of a context's end in the place of an error that
// only says that it ended.
func explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	var named *runtime.Error
	if cause := context.Cause(ctx); errors.As(cause, &named) {
		return cause
	}
	return err
}

// logFailure words a log driver that could not be set up.
func (r *runner) logFailure(err error) error {
	if r.life.fargate {
		return runtime.Errorf(runtime.ResourceInitialization, reasonLogsFargate, err)
	}
	return runtime.Errorf(runtime.CannotStartContainer, reasonLogs, err)
}

func (r *runner) hasLaunched(name string, c runtime.Container, w LogWriter, s runtime.Started, err error) {
	m, p := r.member(name), r.containers[name]
	p.container, p.logs = c, w
	if c != nil {
		m.created = true
		r.tell(name, func(a *AgentContainer) { a.hasContainer(c) })
		r.recordContainer(name, "", func(api *types.Container) { api.RuntimeId = aws.String(c.ID()) })
	}
	if err != nil {
		r.notLaunched(name, err)
		return
	}
	m.phase, m.launched, m.exit = up, true, nil
	p.startedAt = s.At
	r.tell(name, func(c *AgentContainer) { c.StartedAt, c.Restarts = s.At, p.restarts })
	r.recordContainer(name, "RUNNING", func(api *types.Container) {
		api.NetworkBindings = networkBindings(r.t, s.Bindings)
		api.LastStatus = aws.String(running.String())
	})
	r.startGate(name)
	r.replay(name)
}

// replay takes up the events that overtook the report of the launch.
func (r *runner) replay(name string) {
	p := r.containers[name]
	var mail []func()
	for _, e := range p.early {
		mail = append(mail, func() { r.happened(name, e) })
	}
	p.early = nil
	r.box.putFirst(mail...)
}

// startGate starts the clock of a container's startTimeout: those that wait
// for it give up when it runs out.
func (r *runner) startGate(name string) {
	p := r.containers[name]
	if p.definition.StartTimeout == nil || p.gate != nil {
		return
	}
	bound := time.Duration(*p.definition.StartTimeout) * time.Second
	p.gate = time.AfterFunc(bound, func() {
		r.box.put(func() { r.member(name).timedOut = true })
	})
}

func (p *process) stopGate() {
	if p.gate != nil {
		p.gate.Stop()
	}
}

// happened records what the runtime tells of a container.
func (r *runner) happened(name string, e runtime.Event) {
	if p := r.containers[name]; r.member(name).phase == launching {
		p.early = append(p.early, e)
		return
	}
	switch e.Kind {
	case runtime.Health:
		r.hasHealth(name, e)
	case runtime.Exited:
		r.hasExited(name, e)
	case runtime.Vanished:
		r.hasVanished(name, e)
	}
}

func (r *runner) hasHealth(name string, e runtime.Event) {
	health := types.HealthStatusUnhealthy
	if e.Healthy {
		health = types.HealthStatusHealthy
	}
	r.member(name).healthy = e.Healthy
	r.tell(name, func(c *AgentContainer) { c.Health = e })
	r.recordContainer(name, string(health), func(c *types.Container) { c.HealthStatus = health })
}

func (r *runner) hasExited(name string, e runtime.Event) {
	m, p := r.member(name), r.containers[name]
	m.exit = aws.Int32(int32(e.ExitCode))
	m.healthy = false
	r.tell(name, func(c *AgentContainer) { c.FinishedAt = e.At })
	if restarts(p.definition.RestartPolicy, r.life.desired, m.exit, e.At.Sub(p.startedAt)) {
		r.restart(name, e.ExitCode)
		return
	}
	r.hasEnded(name, fmt.Sprintf("STOPPED, exit code %d", e.ExitCode), func(c *types.Container) {
		c.ExitCode = m.exit
		if e.OOMKilled {
			c.Reason = aws.String(reasonOOM)
		}
	})
}

// restart launches a container again. Its health is not known any more, and
// its next line is no part of what the last run wrote.
func (r *runner) restart(name string, code int) {
	p := r.containers[name]
	p.restarts++
	p.logs.Close()
	r.tell(name, func(c *AgentContainer) { c.Health = runtime.Event{} })
	r.recordContainer(name, fmt.Sprintf("exited with code %d, restart %d", code, p.restarts),
		func(c *types.Container) { c.HealthStatus = types.HealthStatusUnknown })
	r.launch(name)
}

func (r *runner) hasVanished(name string, e runtime.Event) {
	reason := clip(runtime.Errorf(runtime.ContainerVanished, "%s", e.Reason).Error())
	r.hasEnded(name, "STOPPED, "+reason, func(c *types.Container) { c.Reason = aws.String(reason) })
}

// hasEnded records that a container will not run again. The first essential
// one to do so ends the execution of the task.
func (r *runner) hasEnded(name, note string, f func(*types.Container)) {
	m, p := r.member(name), r.containers[name]
	m.phase = ended
	p.stopGate()
	if p.logs != nil {
		p.logs.Close()
	}
	r.note(name, note)
	r.record(func(api *types.Task) {
		c := r.t.container(name)
		c.LastStatus = aws.String(stopped.String())
		f(c)
		if m.essential && api.ExecutionStoppedAt == nil {
			api.ExecutionStoppedAt = aws.Time(time.Now())
		}
	})
}

// halt stops a container with its stop timeout.
func (r *runner) halt(name string) {
	m, p := r.member(name), r.containers[name]
	m.phase = ending
	grace := stopTimeoutOf(p.definition)
	if r.abrupt {
		grace = 0
	}
	r.effect(func() func() {
		ctx, cancel := step(r.s.ctx, grace+stopMargin, "stopped")
		defer cancel()
		err := explain(ctx, p.container.Stop(ctx, grace))
		return func() { r.hasHalted(name, runtime.Named(runtime.CannotStopContainer, err)) }
	})
}

// hasHalted gives up on a container that can't be stopped: it goes with its
// task. One that stopped tells by its exit.
func (r *runner) hasHalted(name string, err error) {
	if err == nil || r.member(name).phase == ended {
		return
	}
	r.hasEnded(name, err.Error(), func(c *types.Container) { c.Reason = aws.String(clip(err.Error())) })
}

func stopTimeoutOf(d types.ContainerDefinition) time.Duration {
	if d.StopTimeout == nil {
		return defaultStopTimeout
	}
	return time.Duration(*d.StopTimeout) * time.Second
}

// close takes the task's network, volumes and containers away.
func (r *runner) close() {
	r.life.closed = busy
	if r.runtime == nil {
		r.life.closed = done
		return
	}
	r.effect(func() func() {
		r.closeRuntime(r.s.ctx)
		return func() { r.life.closed = done }
	})
}

func (r *runner) closeRuntime(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMargin)
	defer cancel()
	if err := r.runtime.Close(ctx); err != nil {
		r.s.cfg.Logger.Error("a task left something behind", "task", r.t.id, "error", err)
	}
}
