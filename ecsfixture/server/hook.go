package server

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// HookCall is what a lifecycle hook is told.
type HookCall struct {
	ServiceARN    string
	DeploymentARN string // of the service deployment
	RevisionARN   string // of the service revision that is deployed
	Stage         types.DeploymentLifecycleHookStage
	Details       json.RawMessage // hookDetails of the hook; nil if it has none
}

// Hook stands for the Lambda function of a lifecycle hook. The status SUCCEEDED
// lets the deployment go on, FAILED or an error rolls it back, and IN_PROGRESS
// has the hook called again after 30 seconds.
type Hook func(ctx context.Context, call HookCall) (types.DeploymentLifecycleHookStatus, error)

// SetHook sets what the lifecycle hooks with that hookTargetArn do; nil takes
// it away.
func (s *Service) SetHook(hookTargetARN string, h Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h == nil {
		delete(s.hooks, hookTargetARN)
		return
	}
	s.hooks[hookTargetARN] = h
}

// hookRetry is after how long a hook is called again that is IN_PROGRESS.
const hookRetry = 30 * time.Second

// hookRun is one hook at one stage of a rollout.
type hookRun struct {
	id     string
	hook   types.DeploymentLifecycleHook
	stage  types.DeploymentLifecycleHookStage
	status types.DeploymentLifecycleHookStatus // empty until it begins
	called bool                                // and has not answered yet
	again  time.Time                           // when it is called again
	until  time.Time                           // when it times out
}

// hooksOf are the hooks that are to run at a stage, in their order.
func hooksOf(hooks []types.DeploymentLifecycleHook, stage types.ServiceDeploymentLifecycleStage) (runs []*hookRun) {
	for _, at := range hookStages(stage) {
		for _, h := range hooks {
			if slices.Contains(h.LifecycleStages, at) {
				runs = append(runs, &hookRun{id: newUUID(), hook: h, stage: at})
			}
		}
	}
	return runs
}

// hookStages are the hook's names of a stage: one that comes before the
// production traffic shifts has no stage of its own.
func hookStages(stage types.ServiceDeploymentLifecycleStage) []types.DeploymentLifecycleHookStage {
	if stage == types.ServiceDeploymentLifecycleStageProductionTrafficShift {
		return []types.DeploymentLifecycleHookStage{
			types.DeploymentLifecycleHookStagePreProductionTrafficShift,
			types.DeploymentLifecycleHookStageProductionTrafficShift,
		}
	}
	return []types.DeploymentLifecycleHookStage{types.DeploymentLifecycleHookStage(stage)}
}

// runHooks runs the hooks of the stage one after the other, and reports
// whether all have succeeded.
func (s *Service) runHooks(sv *service, r *rollout) bool {
	if r.back != nil {
		return true
	}
	for _, run := range r.hooks {
		if run.status != types.DeploymentLifecycleHookStatusSucceeded {
			s.runHook(sv, r, run)
			return false
		}
	}
	return true
}

func (s *Service) runHook(sv *service, r *rollout, run *hookRun) {
	if run.status == "" {
		r.beginHook(run)
	}
	switch run.status {
	case types.DeploymentLifecycleHookStatusAwaitingAction, types.DeploymentLifecycleHookStatusInProgress:
	default:
		return
	}
	switch waits := sv.later(run.until); {
	case !waits:
		sv.timeOut(r, run)
	case run.status == types.DeploymentLifecycleHookStatusInProgress && !run.called && !sv.later(run.again):
		s.callHook(sv, r, run)
	}
}

func (r *rollout) beginHook(run *hookRun) {
	run.status = types.DeploymentLifecycleHookStatusInProgress
	if run.hook.TargetType == types.DeploymentLifecycleHookTargetTypePause {
		run.status = types.DeploymentLifecycleHookStatusAwaitingAction
	}
	run.until = time.Now().Add(hookTimeout(run.hook))
	r.updated = time.Now()
}

// timeOut ends a hook that has taken too long.
func (sv *service) timeOut(r *rollout, run *hookRun) {
	run.status = types.DeploymentLifecycleHookStatusTimedOut
	if timeoutAction(run.hook) == types.DeploymentLifecycleHookActionContinue {
		run.status = types.DeploymentLifecycleHookStatusSucceeded
		sv.poke()
		return
	}
	r.broken = fmt.Sprintf(rolloutHookTimeout, run.stage)
	sv.poke()
}

// defaultHookTimeout is how long a hook may take that doesn't say.
const defaultHookTimeout = 24 * time.Hour

func hookTimeout(h types.DeploymentLifecycleHook) time.Duration {
	if c := h.TimeoutConfiguration; c != nil && c.TimeoutInMinutes != nil {
		return minutes(c.TimeoutInMinutes)
	}
	return defaultHookTimeout
}

func timeoutAction(h types.DeploymentLifecycleHook) types.DeploymentLifecycleHookAction {
	if c := h.TimeoutConfiguration; c != nil && c.Action != "" {
		return c.Action
	}
	return types.DeploymentLifecycleHookActionRollback
}

func (s *Service) callHook(sv *service, r *rollout, run *hookRun) {
	hook, ok := s.hook(deref(run.hook.HookTargetArn))
	if !ok {
		run.status = types.DeploymentLifecycleHookStatusFailed
		r.broken = fmt.Sprintf(rolloutHookUnknown, deref(run.hook.HookTargetArn))
		sv.poke()
		return
	}
	run.called = true
	call := HookCall{
		ServiceARN: sv.arn, DeploymentARN: r.arn, RevisionARN: r.target.revision.arn,
		Stage: run.stage, Details: hookDetails(run.hook),
	}
	s.effect(sv, func(ctx context.Context) func() {
		status, err := hook(ctx, call)
		return func() { r.hasCalled(run, status, err) }
	})
}

func hookDetails(h types.DeploymentLifecycleHook) json.RawMessage {
	if h.HookDetails == nil {
		return nil
	}
	text, _ := h.HookDetails.MarshalSmithyDocument() // it came as JSON
	return text
}

func (s *Service) hook(arn string) (Hook, bool) {
	if h, ok := s.hooks[arn]; ok || s.cfg.Hooks == nil {
		return h, ok
	}
	return s.cfg.Hooks(arn)
}

// hasCalled notes what a hook answered.
func (r *rollout) hasCalled(run *hookRun, status types.DeploymentLifecycleHookStatus, err error) {
	r.updated, run.called = time.Now(), false
	switch {
	case run.status != types.DeploymentLifecycleHookStatusInProgress:
		return // it timed out meanwhile
	case err != nil:
		r.broken = fmt.Sprintf(rolloutHookFailed, run.stage, err)
	case status == types.DeploymentLifecycleHookStatusInProgress:
		run.again = time.Now().Add(hookRetry)
		return
	case status == types.DeploymentLifecycleHookStatusSucceeded:
		run.status = status
		return
	default:
		r.broken = fmt.Sprintf(rolloutHookFailed, run.stage, status)
	}
	run.status = types.DeploymentLifecycleHookStatusFailed
}

func (run *hookRun) describe() types.DeploymentLifecycleHookDetail {
	d := types.DeploymentLifecycleHookDetail{
		HookId: aws.String(run.id), Status: run.status,
		TargetType: run.hook.TargetType, TargetArn: run.hook.HookTargetArn,
	}
	d.ExpiresAt, d.TimeoutAction = aws.Time(run.until), timeoutAction(run.hook)
	return clone(d)
}
