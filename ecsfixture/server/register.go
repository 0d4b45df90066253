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
			r.tellService(eventRegistered)
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
	r.tellService(eventDraining)
	live := r.live
	r.effect(func() func() {
		r.s.deregister(r.s.ctx, live)
		return func() {
			r.life.drained = done
			r.tellService(eventDeregistered)
		}
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

// tellService adds an event about the task's targets to those of its service.
func (r *runner) tellService(text string) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	if text == eventDraining {
		r.s.event(r.t.service, text, 1)
		return
	}
	for _, target := range r.t.targets {
		r.s.event(r.t.service, text, 1, target.Group)
	}
}
