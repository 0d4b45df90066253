package server

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// runner lives a task's life: it asks transition what to do, has it done, and
// records what came of it. All its fields belong to its goroutine; effects
// run on goroutines of their own and report through the box.
type runner struct {
	s    *Service
	t    *task
	box  *mailbox
	life life

	launching context.Context // ends when the task is to stop
	cancel    context.CancelFunc
	inflight  int // effects that have not reported

	runtime    runtime.Task // nil until prepared
	inputs     inputs       // what resolve fetched
	live       []Target     // those that were registered
	access     AgentAccess  // to the agent
	wait       *time.Timer  // for capacity, nil if the task doesn't wait
	abrupt     bool         // its host is gone: containers end without their stop timeouts
	containers map[string]*process
}

// process is the runtime's side of a container.
type process struct {
	definition types.ContainerDefinition
	container  runtime.Container // nil until created
	logs       LogWriter         // nil until opened
	image      runtime.Image
	startedAt  time.Time // of the last start
	restarts   int
	gate       *time.Timer // startTimeout
	early      []runtime.Event
}

func newRunner(s *Service, t *task) *runner {
	r := &runner{s: s, t: t, box: newMailbox(), containers: map[string]*process{}, access: s.register(t)}
	r.launching, r.cancel = context.WithCancel(s.ctx)
	r.life = life{
		last:     firstStatus(t),
		desired:  running,
		attached: len(t.api.Attachments) > 0,
		fargate:  t.api.LaunchType == types.LaunchTypeFargate,
		targets:  len(t.targets) > 0,
		unplaced: t.waits != nil,
	}
	if r.life.unplaced {
		r.wait = time.AfterFunc(patience, func() { r.box.put(r.expire) })
	}
	for _, d := range t.definition.def.ContainerDefinitions {
		r.containers[*d.Name] = &process{definition: d}
		r.life.containers = append(r.life.containers, member{
			name: *d.Name, essential: isEssential(d), dependsOn: dependencies(t.definition, d),
		})
	}
	return r
}

// firstStatus is the lastStatus of a new task: one that needs a network
// interface, an EBS volume or capacity waits for it first.
func firstStatus(t *task) status {
	if len(t.api.Attachments) > 0 || t.api.CapacityProviderName != nil || t.api.LaunchType == types.LaunchTypeFargate {
		return provisioning
	}
	return pending
}

// dependencies are what d waits for: its dependsOn, and as the agent has it
// the containers that it links to or takes volumes from.
func dependencies(td *taskDefinition, d types.ContainerDefinition) (list []dependency) {
	for _, on := range d.DependsOn {
		list = append(list, dependency{*on.ContainerName, on.Condition})
	}
	for _, link := range d.Links {
		name, _, _ := strings.Cut(link, ":")
		list = append(list, dependency{name, types.ContainerConditionStart})
	}
	for _, from := range d.VolumesFrom {
		list = append(list, dependency{*from.SourceContainer, conditionCreate})
	}
	return list
}

// run lives the life until its end, or the service's.
func (r *runner) run() {
	defer r.s.runners.Done()
	defer r.cancel()
	defer r.stopWait()
	for r.life.last != stopped {
		r.advance()
		if r.life.last == stopped {
			return
		}
		if r.box.open() {
			r.learnDesired()
			continue
		}
		select {
		case <-r.box.arrived:
		case <-r.s.ctx.Done():
			r.abandon()
			return
		}
	}
}

func (r *runner) stopWait() {
	if r.wait != nil {
		r.wait.Stop()
	}
}

// advance does all that is to be done now.
func (r *runner) advance() {
	for {
		actions := transition(r.life)
		if len(actions) == 0 {
			return
		}
		for _, a := range actions {
			r.do(a)
		}
	}
}

func (r *runner) do(a action) {
	switch a.verb {
	case enter:
		r.enter(a.status)
	case resolve:
		r.resolve()
	case prepare:
		r.prepare()
	case pull:
		r.pull(a.container)
	case launch:
		r.launch(a.container)
	case forgo:
		r.forgo(a)
	case register:
		r.register()
	case drain:
		r.drain()
	case halt:
		r.halt(a.container)
	case stopTask:
		r.stop(a.code, a.reason)
	case closeTask:
		r.close()
	}
}

// effect runs f beside the runner; what f returns runs on the runner.
func (r *runner) effect(f func() func()) {
	r.inflight++
	go func() {
		report := f()
		r.box.put(func() {
			r.inflight--
			report()
		})
	}()
}

// learnDesired takes note of a stop that was asked for from outside.
func (r *runner) learnDesired() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if *r.t.api.DesiredStatus == stopped.String() {
		r.life.desired = stopped
		r.cancel()
	}
}

// stop is the task's own end: desiredStatus STOPPED, unless a reason stands
// already.
func (r *runner) stop(code types.TaskStopCode, reason string) {
	r.s.mu.Lock()
	r.s.requestStop(r.t, code, reason)
	r.s.mu.Unlock()
	r.learnDesired()
}

// abandon ends the task with the service: no states, no stop timeouts, but
// nothing left behind.
func (r *runner) abandon() {
	r.cancel()
	for r.inflight > 0 {
		if !r.box.open() {
			<-r.box.arrived
		}
	}
	if r.life.registered == done && r.life.drained == idle {
		r.s.deregister(r.s.ctx, r.live)
	}
	if r.runtime != nil && r.life.closed == idle {
		r.closeRuntime(context.WithoutCancel(r.s.ctx))
	}
	for _, p := range r.containers {
		p.stopGate()
	}
	r.s.cfg.Logs.Done(r.t.arn())
	r.forgotten()
	r.life.last = stopped
	r.record(func(api *types.Task) {
		api.LastStatus, api.DesiredStatus = aws.String(stopped.String()), aws.String(stopped.String())
		if api.StoppedReason == nil {
			api.StoppedReason, api.StoppingAt = aws.String(reasonClosed), aws.Time(time.Now())
		}
		r.stamp(api, stopped)
	})
}

// member returns the named container's place in the life.
func (r *runner) member(name string) *member {
	for i := range r.life.containers {
		if r.life.containers[i].name == name {
			return &r.life.containers[i]
		}
	}
	return nil
}

// record changes the task that clients see.
func (r *runner) record(f func(*types.Task)) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.s.change(r.t, f)
}

// recordContainer changes one container that clients see. What doesn't change
// anything is no new version of the task.
func (r *runner) recordContainer(name, note string, f func(*types.Container)) {
	if note != "" {
		r.note(name, note)
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	c := r.t.container(name)
	after := *c
	if f(&after); !reflect.DeepEqual(after, *c) {
		r.s.change(r.t, func(*types.Task) { *c = after })
	}
}

// note adds what happened to a container to the story of the task.
func (r *runner) note(name, text string) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.t.note(name + " " + text)
}

// enter records a new lastStatus, with the timestamps that go with it.
func (r *runner) enter(to status) {
	r.life.last = to
	r.life.ran = r.life.ran || to == running
	if to == stopped {
		r.s.cfg.Logs.Done(r.t.arn())
		r.forgotten()
	}
	r.record(func(api *types.Task) {
		api.LastStatus = aws.String(to.String())
		r.stamp(api, to)
	})
}

func (r *runner) stamp(api *types.Task, to status) {
	now := aws.Time(time.Now())
	switch to {
	case running:
		api.StartedAt = now
	case deprovisioning:
		setAttachmentStatus(api, "DETACHING")
	case stopped:
		if api.ExecutionStoppedAt == nil && api.PullStartedAt != nil {
			api.ExecutionStoppedAt = now // no essential container was launched
		}
		api.StoppedAt = now
		setAttachmentStatus(api, "DELETED")
		r.s.ended = append(r.s.ended, r.t)
		for i := range api.Containers {
			api.Containers[i].LastStatus = aws.String(stopped.String())
		}
	}
}

// hanging names what keeps Close from ending.
func (s *Service) hanging(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, t := range s.order {
		if t.active() {
			names = append(names, t.id+" "+*t.api.LastStatus)
		}
	}
	return fmt.Errorf("%w: tasks that have not ended: %s", context.Cause(ctx), strings.Join(names, ", "))
}
