package server

import (
	"context"
	"sync"
)

// register puts the task into the target groups of its service.
func (r *runner) register() {
	r.life.registered = busy
	targets := r.t.targets
	r.effect(func() func() {
		live := make([]Target, len(targets))
		for i, target := range targets {
			live[i] = r.registerOne(target)
		}
		return func() {
			r.life.registered, r.live = done, live
			r.tellRegistered()
		}
	})
}

// registerOne runs beside the runner. A target that can't be registered is
// an unhealthy one.
func (r *runner) registerOne(target Target) Target {
	target.Task = r.t.arn()
	address, err := r.s.Address(target.Task, target.Container, target.Port)
	if err == nil {
		target.Address = address
		err = r.s.cfg.Targets.Register(r.s.ctx, target, func(h TargetHealth) { r.s.targetHealth(r.t, target, h) })
	}
	if err != nil {
		r.s.targetHealth(r.t, target, TargetHealth{Checked: true, Reason: err.Error()})
	}
	return target
}

// targetHealth takes note of what a target group says of a task.
func (s *Service) targetHealth(t *task, target Target, h TargetHealth) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.health == nil {
		t.health = map[targetKey]TargetHealth{}
	}
	t.health[target.key()] = h
	t.service.poke()
	s.broadcast()
}

// drain takes the task out of its target groups and waits until they have
// nothing for it any more. The containers run on meanwhile.
func (r *runner) drain() {
	r.life.drained = busy
	r.tellDraining()
	live := r.live
	r.effect(func() func() {
		r.s.deregister(r.s.ctx, live)
		return func() { r.life.drained = done }
	})
}

// deregister takes targets out of their groups, without their delay once ctx
// has ended.
func (s *Service) deregister(ctx context.Context, targets []Target) {
	var all sync.WaitGroup
	for _, target := range targets {
		all.Go(func() {
			if err := s.cfg.Targets.Deregister(ctx, target); err != nil && ctx.Err() == nil {
				s.cfg.Logger.Error("a target could not be deregistered", "target", target.Address, "error", err)
			}
		})
	}
	all.Wait()
}

// tellRegistered adds an event about each of the task's targets to those of its
// service.
func (r *runner) tellRegistered() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, target := range r.t.targets {
		r.s.launchEvent(r.t.service, r.t.deployment, eventRegistered, 1, target.Group)
	}
}

// tellDraining says that the targets get no new requests: they are
// deregistered, and drain from then on.
func (r *runner) tellDraining() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for _, target := range r.t.targets {
		r.s.event(r.t.service, eventDeregistered, 1, target.Group)
	}
	r.s.fleetEvent(r.t.service, r.t.deployment, eventDraining, 1)
}
