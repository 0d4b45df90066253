package server

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// trafficStep is a share of the production traffic, and how long it is tried
// before the next.
type trafficStep struct {
	percent float64
	bake    time.Duration
}

// trafficSteps is how a strategy moves the production traffic.
func trafficSteps(c types.DeploymentConfiguration) (steps []trafficStep) {
	switch c.Strategy {
	case types.DeploymentStrategyCanary:
		steps = canarySteps(c.CanaryConfiguration)
	case types.DeploymentStrategyLinear:
		steps = linearSteps(c.LinearConfiguration)
	}
	return append(steps, trafficStep{percent: 100})
}

// The defaults of the strategies.
const (
	canaryPercent = 5
	canaryBake    = 10 // minutes
	linearPercent = 10
	linearBake    = 6 // minutes
)

func canarySteps(c *types.CanaryConfiguration) []trafficStep {
	config := deref(c)
	bake := orElse(config.CanaryBakeTimeInMinutes, canaryBake)
	return []trafficStep{{orElse(config.CanaryPercent, canaryPercent), minutes(&bake)}}
}

func linearSteps(c *types.LinearConfiguration) (steps []trafficStep) {
	config := deref(c)
	bake, each := orElse(config.StepBakeTimeInMinutes, linearBake), orElse(config.StepPercent, linearPercent)
	for p := each; p < 100 && each > 0; p += each {
		steps = append(steps, trafficStep{p, minutes(&bake)})
	}
	return steps
}

// shiftTest gives the new tasks the test traffic.
func (s *Service) shiftTest(sv *service, r *rollout) bool {
	if !s.shiftTo(sv, r, weightsOf(r.target.revision, 100, testRule)) {
		return false
	}
	r.tested = true
	return true
}

// shiftProduction gives the new tasks the production traffic, step by step;
// in a rollback and for the first tasks of a service all at once.
func (s *Service) shiftProduction(sv *service, r *rollout) bool {
	steps := trafficSteps(r.config)
	if r.back != nil || len(r.sources) == 0 {
		steps = []trafficStep{{percent: 100}}
	}
	for r.step < len(steps) {
		step := steps[r.step]
		if !s.shiftTo(sv, r, weightsOf(r.target.revision, step.percent, productionRule)) {
			return false
		}
		if r.shifted != step.percent {
			r.shifted, r.since, r.updated = step.percent, time.Now(), time.Now()
		}
		if sv.later(r.since.Add(step.bake)) {
			return false
		}
		if r.step++; r.step < len(steps) {
			r.nextStep()
			sv.poke()
			return false
		}
	}
	r.unwind()
	return true
}

// hasTraffic reports whether the target has production traffic, or may have.
func (r *rollout) hasTraffic() bool {
	return r.shifted > 0 || r.shift != idle && r.stage() == types.ServiceDeploymentLifecycleStageProductionTrafficShift
}

// holder is the deployment that has, or may have, production traffic by a
// rollout that ended before its time, nil if none does.
func (r *rollout) holder() *deployment {
	switch {
	case r.unwound != nil:
		return r.unwound
	case r.back == nil && r.hasTraffic():
		return r.target
	case r.back != nil && r.exposed && r.stage() != types.ServiceDeploymentLifecycleStageCleanUp:
		return r.failed
	}
	return nil
}

// nextStep begins another step of the traffic shift, each of which the hooks
// of the stage come before.
func (r *rollout) nextStep() {
	r.shift = idle
	r.hooks = append(r.hooks, hooksOf(r.config.LifecycleHooks, r.stage())...)
}

// unwind gives the production traffic back to the tasks that had it before a
// deployment began to shift it that was stopped or superseded. Its own tasks
// run until then, and so they do until the others are all there again.
func (s *Service) unwind(sv *service, r *rollout) bool {
	switch {
	case r.unwound == nil:
		return true
	case !r.before.halted && !sv.ready(r.before):
		return false
	}
	if !s.shiftTo(sv, r, weightsOf(r.before.revision, 100, productionRule)) {
		return false
	}
	r.unwind()
	return true
}

// unwind lets go of what has no traffic any more.
func (r *rollout) unwind() {
	if r.unwound != nil {
		r.unwound.frozen, r.unwound = nil, nil
	}
}

func testRule(a *types.AdvancedConfiguration) *string { return a.TestListenerRule }

func productionRule(a *types.AdvancedConfiguration) *string { return a.ProductionListenerRule }

// shiftTo gives listener rules new weights, and reports whether that is done.
func (s *Service) shiftTo(sv *service, r *rollout, weights map[string]map[string]float64) bool {
	if r.shift == done {
		return true
	}
	shifter, ok := s.cfg.Targets.(TrafficShifter)
	if !ok {
		r.shift = done
		return true
	}
	if r.shift == busy || sv.shifting {
		return false
	}
	r.shift, sv.shifting = busy, true
	r.shifts++
	number := r.shifts
	s.effect(sv, func(ctx context.Context) func() {
		err := shiftAll(ctx, shifter, weights)
		return func() {
			sv.shifting = false
			r.hasShifted(number, err)
		}
	})
	return false
}

// hasShifted notes the end of a shift, unless the rollout has turned back
// meanwhile.
func (r *rollout) hasShifted(number int, err error) {
	if r.shifts != number || r.shift != busy {
		return
	}
	r.shift = done
	if err != nil {
		r.broken = err.Error()
	}
}

// weightsOf are the weights of the two target groups of each listener rule that
// a function picks, a revision having so many percent.
func weightsOf(rev *serviceRevision, percent float64, rule func(*types.AdvancedConfiguration) *string) map[string]map[string]float64 {
	out := map[string]map[string]float64{}
	for _, lb := range rev.api.LoadBalancers {
		if lb.AdvancedConfiguration == nil || rule(lb.AdvancedConfiguration) == nil {
			continue
		}
		weights := map[string]float64{groupOf(lb, !rev.alternate): 100 - percent}
		weights[groupOf(lb, rev.alternate)] = percent
		out[*rule(lb.AdvancedConfiguration)] = weights
	}
	return out
}

func shiftAll(ctx context.Context, shifter TrafficShifter, rules map[string]map[string]float64) error {
	for rule, weights := range rules {
		if err := shifter.Shift(ctx, rule, weights); err != nil {
			return err
		}
	}
	return nil
}
