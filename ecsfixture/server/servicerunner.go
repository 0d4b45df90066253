package server

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// settle is how long a task that has no check at all must run before it
// counts as healthy. One that ends sooner failed to start: AWS takes some
// seconds to look, here nobody should wait that long.
const settle = time.Second

// startService starts the goroutine that looks after a service. The caller
// holds s.mu.
func (s *Service) startService(sv *service) {
	s.runners.Add(1)
	sv.poke()
	go s.runService(sv)
}

// runService reconciles a service whenever something happens to it or its
// tasks, until it is INACTIVE.
func (s *Service) runService(sv *service) {
	defer s.runners.Done()
	timer := time.NewTimer(math.MaxInt64)
	defer timer.Stop()
	for {
		select {
		case <-sv.wake:
		case <-timer.C:
		case <-s.ctx.Done():
			return
		}
		at, over := s.reconcile(sv)
		if over {
			return
		}
		timer.Stop()
		if !at.IsZero() {
			timer.Reset(time.Until(at))
		}
	}
}

// reconcile does all that is to be done for a service now, and tells when to
// look again if nothing happens before.
func (s *Service) reconcile(sv *service) (at time.Time, over bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return at, false
	}
	for again := true; again; {
		sv.alarm = time.Time{}
		s.countDaemons(sv)
		s.observe(sv)
		again = s.advance(sv)
		again = s.perform(sv, schedule(sv.scene())) || again
	}
	s.conclude(sv)
	return sv.alarm, sv.status() == serviceInactive
}

// conclude notes what the service has come to.
func (s *Service) conclude(sv *service) {
	sv.deployments = slices.DeleteFunc(sv.deployments, func(d *deployment) bool {
		return d != sv.primary() && sv.drained(d) && (sv.rollout == nil || !sv.rollout.keeps(d))
	})
	s.concludeTaskSets(sv)
	if sv.status() == serviceDraining && len(sv.tasks) == 0 {
		sv.api.Status = aws.String(serviceInactive)
		sv.deployments, sv.taskSets = nil, nil
	}
	s.noteSteady(sv)
	s.broadcast()
}

// effect runs f beside the runner, without the lock; what it returns runs
// with the lock. The caller holds s.mu.
func (s *Service) effect(sv *service, f func(context.Context) func()) {
	s.runners.Add(1)
	go func() {
		defer s.runners.Done()
		report := f(s.ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		report()
		sv.poke()
	}()
}

// scene is the service as the scheduler sees it.
func (sv *service) scene() scene {
	sc := scene{
		now: time.Now(), desired: sv.desired, exclusive: sv.daemon(),
		rolling: !sv.external() && sv.status() == serviceActive && sv.rolls(),
		bounded: sv.bounded(),
	}
	c := sv.api.DeploymentConfiguration
	sc.lower, sc.upper = bounds(sv.desired, int(orElse(c.MinimumHealthyPercent, 100)), int(orElse(c.MaximumPercent, 200)))
	if sv.daemon() {
		sc.upper = sv.desired // one on each instance
	}
	for _, d := range sv.fleets() {
		sc.fleets = append(sc.fleets, sv.fleet(d))
	}
	return sc
}

// fleets are the deployments, or those of the task sets. The first is the one
// that replaces the others.
func (sv *service) fleets() (list []*deployment) {
	for _, ts := range sv.taskSets {
		list = append(list, ts.deployment)
	}
	list = append(list, sv.deployments...)
	if r := sv.rollout; r != nil && !r.scales() && r.before != nil {
		list = slices.DeleteFunc(list, func(d *deployment) bool { return d == r.before })
		list = slices.Insert(list, 0, r.before)
	}
	return list
}

func (sv *service) fleet(d *deployment) fleet {
	f := fleet{want: sv.want(d), halted: d.halted, cramped: d.unplaced != "", from: d.from}
	for _, t := range sv.tasks {
		if t.deployment == d && sv.fateOf(t) != ignored {
			f.seats = append(f.seats, sv.seat(t))
		}
	}
	return f
}

func (sv *service) seat(t *task) seat {
	s := seat{id: t.id, protected: t.protected(sv), evicted: sv.fateOf(t) == evicted, places: t.places(sv)}
	switch {
	case t.leaving():
		s.state = leaving
		return s
	case *t.api.LastStatus == running.String():
		s.state = serving
	}
	s.healthy, s.sick = t.healthy(sv), t.sick(sv)
	return s
}

// perform does what the scheduler decided and reports whether that was
// anything.
func (s *Service) perform(sv *service, p plan) bool {
	if !p.wake.IsZero() {
		sv.lookAt(p.wake)
	}
	fleets := sv.fleets()
	var stops []move
	launched := false
	for _, m := range p.moves {
		if m.launch > 0 {
			launched = s.launchTasks(sv, fleets[m.fleet], m.launch) || launched
			continue
		}
		stops = append(stops, m)
	}
	s.stopTasks(sv, fleets, stops)
	s.noteStalled(sv, p.stalled)
	return launched || len(stops) > 0
}

// launchTasks launches as many of n tasks as find a place. It reports whether
// any did, or whether it is news that one did not.
func (s *Service) launchTasks(sv *service, d *deployment, n int) bool {
	d.round++
	o := sv.order(d)
	var ids []string
	var lack *offer
	for _, o.provider = range shareOut(o.strategy, sv.tasksOf(d), n) {
		f := s.find(o)
		if f.failed {
			lack = &f
			continue
		}
		ids = append(ids, s.launchTask(sv, d, o, f.lodging).id)
	}
	if len(ids) > 0 {
		s.launchEvent(sv, d, eventStarted, count(len(ids), "tasks"), idList(ids))
		s.action(sv, EventInfo, "TASKS_STARTED", "", ids)
	}
	return s.noteUnplaced(sv, d, o, lack) || len(ids) > 0
}

// tasksOf are the tasks of a deployment whose end has not been asked for.
func (sv *service) tasksOf(d *deployment) (list []*task) {
	for _, t := range sv.tasks {
		if d.has(t) && !t.leaving() {
			list = append(list, t)
		}
	}
	return list
}

func (s *Service) stopTasks(sv *service, fleets []*deployment, stops []move) {
	var ids []string
	s.noteViolated(sv, stops)
	for _, m := range stops {
		t := s.tasks[m.stop]
		if *t.api.LastStatus == running.String() {
			ids = append(ids, t.id)
		}
		reason := m.sick
		if reason == "" {
			reason = fmt.Sprintf(reasonScaling, fleets[m.fleet].id)
		}
		s.requestStop(t, types.TaskStopCodeServiceSchedulerInitiated, reason)
	}
	if len(ids) > 0 {
		s.event(sv, eventStopped, count(len(ids), "running tasks"), idList(ids))
		s.action(sv, EventInfo, "TASKS_STOPPED", "", ids)
	}
}

// observe learns what became of the service's tasks.
func (s *Service) observe(sv *service) {
	for _, t := range sv.tasks {
		switch {
		case t.leaving():
			s.noteEnd(sv, t)
		case t.sick(sv) != "":
			s.noteSick(sv, t)
		case t.healthy(sv):
			sv.noteHealthy(t)
		}
	}
	sv.tasks = slices.DeleteFunc(sv.tasks, func(t *task) bool { return t.stopped() })
}

// noteEnd counts a task that ended of its own accord before it did its work.
func (s *Service) noteEnd(sv *service, t *task) {
	own := t.api.StopCode == types.TaskStopCodeTaskFailedToStart || t.api.StopCode == types.TaskStopCodeEssentialContainerExited
	if !own || t.served || t.judged {
		return
	}
	t.judged = true
	t.deployment.failed++
	s.noteFailedRound(sv, t)
}

// noteFailedRound delays the next launch of a deployment one of whose tasks
// failed to start.
func (s *Service) noteFailedRound(sv *service, t *task) {
	d := t.deployment
	if t.round != d.round || t.failedRound(d) {
		return
	}
	d.failedRound = d.round
	d.failures++
	d.from = time.Now().Add(backoff(d.failures))
	if d.failures == impaired || d.failures > impaired && backoff(d.failures) >= time.Minute {
		s.event(sv, eventImpaired)
		s.action(sv, EventWarn, "SERVICE_TASK_START_IMPAIRED", "", nil)
	}
}

// impaired is after how many failed launches a service says that it can't
// start tasks.
const impaired = 3

func (t *task) failedRound(d *deployment) bool { return d.failedRound == t.round }

// noteSick counts a task that failed its health checks.
func (s *Service) noteSick(sv *service, t *task) {
	if t.judged {
		return
	}
	t.judged = true
	t.deployment.failed++
	if !t.served {
		s.noteFailedRound(sv, t)
	}
	if t.api.HealthStatus == types.HealthStatusUnhealthy {
		s.event(sv, eventContainerHealth, t.id)
		return
	}
	target := t.sickTarget()
	s.event(sv, eventTargetHealth, t.id, t.onInstance(), t.hostPort(target), target.Group, t.health[target.key()].Reason)
}

// onInstance words the instance of a task, if it has one.
func (t *task) onInstance() string {
	if t.instance == nil {
		return ""
	}
	return "(instance " + deref(t.instance.api.Ec2InstanceId) + ") "
}

// hostPort is where a target answers on its host, or on the task's own network
// interface.
func (t *task) hostPort(of *Target) int {
	for _, b := range t.container(of.Container).NetworkBindings {
		if int(deref(b.ContainerPort)) == of.Port {
			return int(deref(b.HostPort))
		}
	}
	return of.Port
}

func (sv *service) noteHealthy(t *task) {
	if t.served {
		return
	}
	t.served = true
	d := t.deployment
	d.failures, d.from = 0, time.Time{}
	if forgives(sv.api.DeploymentConfiguration.DeploymentCircuitBreaker) {
		d.failed = 0
	}
}
