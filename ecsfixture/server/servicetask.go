package server

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// membership is what a task has that a service launched.
type membership struct {
	service    *service
	deployment *deployment
	round      int      // of its deployment's launches
	served     bool     // it was healthy once
	judged     bool     // its failure has been counted
	targets    []Target // in the order of the service's load balancers
	health     map[targetKey]TargetHealth
	protection protection
}

// leaving reports whether the task's end has been asked for.
func (t *task) leaving() bool { return *t.api.DesiredStatus == stopped.String() }

// healthy reports whether a task does its work: it runs, and every check that
// it has says so.
func (t *task) healthy(sv *service) bool {
	if *t.api.LastStatus != running.String() || t.leaving() {
		return false
	}
	if !t.checked() && len(t.targets) == 0 {
		since := t.api.StartedAt.Add(settle)
		return !sv.later(since)
	}
	if t.checked() && t.api.HealthStatus != types.HealthStatusHealthy {
		return false
	}
	for _, target := range t.targets {
		if !t.health[target.key()].Healthy {
			return false
		}
	}
	return true
}

// later reports whether a time is yet to come, and has the service looked at
// then.
func (sv *service) later(at time.Time) bool {
	if !at.After(time.Now()) {
		return false
	}
	sv.lookAt(at)
	return true
}

// checked reports whether an essential container has a health check.
func (t *task) checked() bool {
	for _, d := range t.definition.def.ContainerDefinitions {
		if isEssential(d) && hasHealthCheck(d) {
			return true
		}
	}
	return false
}

// sick says why a check demands that a task is replaced, "" if none does.
// Within the grace period none does.
func (t *task) sick(sv *service) string {
	if *t.api.LastStatus != running.String() || t.leaving() {
		return ""
	}
	reason := ""
	if target := t.sickTarget(); target != nil {
		reason = fmt.Sprintf(reasonTargetHealth, target.Group)
	}
	if t.api.HealthStatus == types.HealthStatusUnhealthy {
		reason = reasonContainerHealth
	}
	grace := time.Duration(deref(sv.api.HealthCheckGracePeriodSeconds)) * time.Second
	if reason == "" || sv.later(t.api.StartedAt.Add(grace)) {
		return ""
	}
	return reason
}

// sickTarget is the target of the task that its target group found
// unhealthy, nil if none is.
func (t *task) sickTarget() *Target {
	for i, target := range t.targets {
		if h := t.health[target.key()]; h.Checked && !h.Healthy {
			return &t.targets[i]
		}
	}
	return nil
}
