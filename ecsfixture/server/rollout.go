package server

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// rollout is a service deployment: the way from the revisions that a service
// had to a new one, stage by stage.
type rollout struct {
	id, arn  string
	target   *deployment
	sources  []*serviceRevision
	config   types.DeploymentConfiguration // as it was when the rollout began
	status   types.ServiceDeploymentStatus
	reason   string
	created  time.Time
	updated  time.Time
	finished time.Time
	stopped  time.Time // when it was asked to stop

	stages  []types.ServiceDeploymentLifecycleStage
	at      int       // index of the stage
	since   time.Time // when the stage began
	hooks   []*hookRun
	shifted float64 // percent of the production traffic that the target has
	step    int     // of the traffic shift
	shift   progress
	shifts  int    // that were begun
	broken  string // why it can't go on
	tested  bool   // the target has the test traffic
	exposed bool   // the target had production traffic when it turned back

	before  *deployment // what the target takes the place of, nil for the first
	unwound *deployment // what still has traffic of an earlier rollout

	back    *types.Rollback // once it rolls back
	failed  *deployment     // what it rolls back from
	breaker types.ServiceDeploymentRollbackMonitorsStatus
	alarms  []string // that went on
	ignored []string // that were on when it began
}

// The stages of each strategy.
var (
	rollingStages = []types.ServiceDeploymentLifecycleStage{
		types.ServiceDeploymentLifecycleStageReconcileService,
		types.ServiceDeploymentLifecycleStagePreScaleUp,
		types.ServiceDeploymentLifecycleStageScaleUp,
		types.ServiceDeploymentLifecycleStagePostScaleUp,
		types.ServiceDeploymentLifecycleStageCleanUp,
		types.ServiceDeploymentLifecycleStageBakeTime,
	}
	shiftingStages = []types.ServiceDeploymentLifecycleStage{
		types.ServiceDeploymentLifecycleStageReconcileService,
		types.ServiceDeploymentLifecycleStagePreScaleUp,
		types.ServiceDeploymentLifecycleStageScaleUp,
		types.ServiceDeploymentLifecycleStagePostScaleUp,
		types.ServiceDeploymentLifecycleStageTestTrafficShift,
		types.ServiceDeploymentLifecycleStagePostTestTrafficShift,
		types.ServiceDeploymentLifecycleStageProductionTrafficShift,
		types.ServiceDeploymentLifecycleStagePostProductionTrafficShift,
		types.ServiceDeploymentLifecycleStageBakeTime,
		types.ServiceDeploymentLifecycleStageCleanUp,
	}
	firstStages = []types.ServiceDeploymentLifecycleStage{ // nothing has the traffic yet
		types.ServiceDeploymentLifecycleStageReconcileService,
		types.ServiceDeploymentLifecycleStagePreScaleUp,
		types.ServiceDeploymentLifecycleStageScaleUp,
		types.ServiceDeploymentLifecycleStagePostScaleUp,
		types.ServiceDeploymentLifecycleStageProductionTrafficShift,
		types.ServiceDeploymentLifecycleStagePostProductionTrafficShift,
		types.ServiceDeploymentLifecycleStageBakeTime,
		types.ServiceDeploymentLifecycleStageCleanUp,
	}
	rollbackStages = []types.ServiceDeploymentLifecycleStage{
		types.ServiceDeploymentLifecycleStageScaleUp,
		types.ServiceDeploymentLifecycleStageProductionTrafficShift,
		types.ServiceDeploymentLifecycleStageCleanUp,
	}
)

// shifts reports whether a strategy moves traffic from one fleet to another,
// both complete, where a rolling update replaces task by task.
func shifts(strategy types.DeploymentStrategy) bool {
	return strategy != "" && strategy != types.DeploymentStrategyRolling
}

// primary is the deployment that the service is to have, nil if it has none.
func (sv *service) primary() *deployment {
	if len(sv.deployments) == 0 {
		return nil
	}
	return sv.deployments[0]
}

// deploy starts a deployment of a revision. The caller holds s.mu.
func (s *Service) deploy(sv *service, rev *serviceRevision) {
	d := newDeployment(rev)
	d.turn(types.DeploymentRolloutStateInProgress, fmt.Sprintf(rolloutInProgress, d.id))
	s.supersede(sv)
	r := s.newRollout(sv, d)
	for _, old := range sv.deployments {
		r.sources = append(r.sources, old.revision)
		old.frozen = nil
	}
	sv.replaces(r, rev)
	sv.deployments = append([]*deployment{d}, sv.deployments...)
	sv.rollout, sv.rollouts = r, append([]*rollout{r}, sv.rollouts...)
	s.state(sv, d, EventInfo, deploymentStarted)
	sv.steady = time.Time{}
	sv.poke()
}

func (s *Service) newRollout(sv *service, d *deployment) *rollout {
	id, now := newDeploymentID(), time.Now()
	r := &rollout{
		id: id, arn: s.arn("service-deployment", sv.cluster.name, sv.name, id),
		target: d, config: clone(*sv.api.DeploymentConfiguration),
		status:  types.ServiceDeploymentStatusInProgress,
		created: now, updated: now, since: now,
		stages:  rollingStages,
		breaker: types.ServiceDeploymentRollbackMonitorsStatusDisabled,
		ignored: s.alarmsOn(sv.api.DeploymentConfiguration.Alarms),
	}
	if b := r.config.DeploymentCircuitBreaker; b != nil && b.Enable {
		r.breaker = types.ServiceDeploymentRollbackMonitorsStatusMonitoring
	}
	switch {
	case shifts(r.config.Strategy) && sv.primary() == nil:
		r.stages = firstStages
	case shifts(r.config.Strategy):
		r.stages = shiftingStages
	}
	r.enter()
	return r
}

// replaces settles what a rollout takes the place of, and what keeps its tasks
// until the traffic that an earlier rollout gave it has been taken back.
func (sv *service) replaces(r *rollout, rev *serviceRevision) {
	if len(sv.deployments) == 0 {
		return
	}
	last := sv.rollouts[0]
	r.before = sv.established(last)
	rev.alternate = r.before.revision.alternate != shifts(r.config.Strategy)
	if d := last.holder(); d != r.before && slices.Contains(sv.deployments, d) {
		r.unwound, d.frozen = d, aws.Int(sv.desired)
	}
}

// cleansUp reports whether all the traffic has been shifted for good.
func (r *rollout) cleansUp() bool {
	return shifts(r.config.Strategy) && r.stage() == types.ServiceDeploymentLifecycleStageCleanUp
}

// established is the deployment that a new one takes the place of: what the
// last rollout was to take the place of, unless it has done so, else the last
// that was completed, if they are there and have tasks or may get some.
func (sv *service) established(last *rollout) *deployment {
	candidates := []*deployment{last.before, sv.completed}
	if last.cleansUp() {
		sv.completed, last.target.halted = last.target, false // what it took the place of is on its way out
	}
	if last.cleansUp() || last.status == types.ServiceDeploymentStatusSuccessful || last.status == types.ServiceDeploymentStatusRollbackSuccessful {
		candidates = []*deployment{sv.completed}
	}
	for _, d := range candidates {
		if slices.Contains(sv.deployments, d) && (!d.halted || len(sv.tasksOf(d)) > 0) {
			return d
		}
	}
	return sv.primary()
}

// supersede ends the rollout that another one takes the place of, if there is
// one.
func (s *Service) supersede(sv *service) {
	if r := sv.rollout; r != nil {
		r.finish(types.ServiceDeploymentStatusStopped, rolloutSuperseded)
		sv.rollout = nil
	}
}

func (r *rollout) stage() types.ServiceDeploymentLifecycleStage {
	return r.stages[min(r.at, len(r.stages)-1)]
}

// enter begins the stage that r is at.
func (r *rollout) enter() {
	r.since, r.updated = time.Now(), time.Now()
	r.step, r.shift = 0, idle
	if r.back == nil {
		r.hooks = append(r.hooks, hooksOf(r.config.LifecycleHooks, r.stage())...)
	}
}

func (r *rollout) finish(status types.ServiceDeploymentStatus, reason string) {
	r.status, r.reason = status, reason
	r.finished, r.updated = time.Now(), time.Now()
	if r.breaker == types.ServiceDeploymentRollbackMonitorsStatusMonitoring {
		r.breaker = types.ServiceDeploymentRollbackMonitorsStatusMonitoringComplete
	}
}

// advance takes the rollout as far as it goes now and reports whether it
// moved. The caller holds s.mu.
func (s *Service) advance(sv *service) (moved bool) {
	for sv.rollout != nil && sv.status() == serviceActive {
		r := sv.rollout
		switch {
		case s.monitor(sv):
		case !s.runHooks(sv, r) || !s.stageDone(sv, r):
			return moved
		case r.at == len(r.stages)-1:
			s.complete(sv, r)
		default:
			r.at++
			r.enter()
		}
		moved = true
	}
	return moved
}

// stageDone does the work of a stage and reports whether it is done.
func (s *Service) stageDone(sv *service, r *rollout) bool {
	switch r.stage() {
	case types.ServiceDeploymentLifecycleStageReconcileService:
		return s.unwind(sv, r) && sv.reconciled(r)
	case types.ServiceDeploymentLifecycleStageScaleUp:
		return sv.ready(sv.primary())
	case types.ServiceDeploymentLifecycleStageTestTrafficShift:
		return s.shiftTest(sv, r)
	case types.ServiceDeploymentLifecycleStageProductionTrafficShift:
		return s.shiftProduction(sv, r)
	case types.ServiceDeploymentLifecycleStageBakeTime:
		return !sv.later(r.since.Add(minutes(r.config.BakeTimeInMinutes)))
	case types.ServiceDeploymentLifecycleStageCleanUp:
		return sv.cleanedUp()
	}
	return true
}

func minutes(n *int32) time.Duration { return time.Duration(deref(n)) * time.Minute }

// reconciled reports whether there is one fleet to shift the traffic from or,
// in a rolling update, whether all tasks are where the traffic is.
func (sv *service) reconciled(r *rollout) bool {
	if r.before == nil || r.before.halted {
		return true // there is nothing to wait for
	}
	return !slices.ContainsFunc(sv.tasks, func(t *task) bool {
		apart := shifts(r.config.Strategy) || t.deployment.revision.alternate != r.before.revision.alternate
		return apart && !r.before.has(t) && !t.leaving()
	})
}

// ready reports whether a deployment has all its tasks, healthy.
func (sv *service) ready(d *deployment) bool {
	f := sv.fleet(d)
	return f.count(func(s seat) bool { return s.healthy && s.well() }) >= f.want
}

// cleanedUp reports whether only the primary deployment has tasks, all of
// them healthy and none too many.
func (sv *service) cleanedUp() bool {
	for _, d := range sv.deployments[1:] {
		if !sv.drained(d) {
			return false
		}
	}
	return sv.ready(sv.primary())
}

func (sv *service) drained(d *deployment) bool { return !slices.ContainsFunc(sv.tasks, d.has) }

// rolls reports whether one deployment replaces the others task by task: the
// primary one or, before its tasks are launched, what it takes the place of.
// Where traffic is shifted, that is alone when the service is reconciled.
func (sv *service) rolls() bool {
	r := sv.rollout
	if r == nil {
		return len(sv.deployments) > 0 && sv.deployments[0].frozen == nil
	}
	if r.unwound != nil {
		return false
	}
	return r.at == 0 && r.back == nil || !shifts(r.config.Strategy) || len(r.sources) == 0
}

// bounded reports whether maximumPercent holds for all tasks together: not
// where two fleets are there at once.
func (sv *service) bounded() bool {
	strategy := sv.api.DeploymentConfiguration.Strategy
	if sv.rollout != nil {
		strategy = sv.rollout.config.Strategy
	}
	return !sv.external() && !shifts(strategy)
}

// scales reports whether the stage has come in which the new tasks are
// launched.
func (r *rollout) scales() bool {
	return r.back != nil || r.at >= slices.Index(r.stages, types.ServiceDeploymentLifecycleStageScaleUp)
}

// want is how many tasks a deployment is to have.
func (sv *service) want(d *deployment) int {
	if sv.status() != serviceActive {
		return 0
	}
	if d.frozen != nil {
		return *d.frozen
	}
	if ts := sv.taskSetOf(d); ts != nil {
		return ts.want(sv.desired)
	}
	if r := sv.rollout; d == sv.primary() && (r == nil || r.scales()) || r != nil && r.keeps(d) {
		return sv.desired
	}
	return 0
}

// keeps reports whether a deployment keeps its tasks though another one is to
// take its place: before the new ones are launched, and when traffic is
// shifted until that is over.
func (r *rollout) keeps(d *deployment) bool {
	if r.scales() && (!shifts(r.config.Strategy) || r.stage() == types.ServiceDeploymentLifecycleStageCleanUp) {
		return false
	}
	return d == r.before || r.back != nil && d == r.failed
}

// complete ends a rollout well.
func (s *Service) complete(sv *service, r *rollout) {
	d := sv.primary()
	sv.completed, sv.rollout = d, nil
	status, reason := types.ServiceDeploymentStatusSuccessful, ""
	if r.back != nil {
		status, reason = types.ServiceDeploymentStatusRollbackSuccessful, r.reason
		d.turn(types.DeploymentRolloutStateCompleted, d.reason)
	} else {
		d.turn(types.DeploymentRolloutStateCompleted, fmt.Sprintf(rolloutCompleted, d.id))
	}
	r.finish(status, reason)
	s.event(sv, eventCompleted, d.id)
	s.state(sv, d, EventInfo, deploymentCompleted)
}

// monitor looks after what ends a rollout badly, and reports whether
// something did.
func (s *Service) monitor(sv *service) bool {
	r := sv.rollout
	b := r.config.DeploymentCircuitBreaker
	if tripped(b, sv.desired, sv.primary().failed) && r.breaker == types.ServiceDeploymentRollbackMonitorsStatusMonitoring {
		r.breaker = types.ServiceDeploymentRollbackMonitorsStatusTriggered
		s.fail(sv, r, failure{reason: rolloutBreaker, event: eventFailedToStart, rollback: b.Rollback, word: rolloutBackBreaker})
		return true
	}
	if r.broken != "" && r.back == nil {
		s.fail(sv, r, failure{reason: r.broken, event: eventFailedHook, rollback: true, word: rolloutBackHook})
		return true
	}
	if on := s.alarming(r); len(on) > 0 && r.back == nil {
		r.alarms = on
		s.fail(sv, r, failure{reason: rolloutAlarms, event: eventFailedAlarms, rollback: r.config.Alarms.Rollback, word: rolloutBackAlarms})
		return true
	}
	return false
}

// failure is how a rollout fails.
type failure struct {
	reason   string // rolloutStateReason of what failed
	event    string // text of the service event
	rollback bool
	word     string // rolloutStateReason of what it goes back to
}

// fail ends a deployment badly: it goes back to the last that was completed,
// or everything stays as it is.
func (s *Service) fail(sv *service, r *rollout, f failure) {
	d := sv.primary()
	d.turn(types.DeploymentRolloutStateFailed, f.reason)
	d.halted = true
	s.event(sv, f.event, d.id)
	s.state(sv, d, EventError, deploymentFailed)
	switch {
	case r.back != nil:
		sv.freeze()
		r.finish(types.ServiceDeploymentStatusRollbackFailed, f.reason)
		sv.rollout = nil
	case f.rollback && sv.completed != nil:
		s.rollBack(sv, r, f)
	default:
		sv.freeze()
		if f.rollback {
			d.frozen = new(int)
		}
		r.finish(types.ServiceDeploymentStatusStopped, f.reason)
		sv.rollout = nil
	}
}

// freeze keeps every deployment at what it has: nothing rolls on after a
// failure that isn't rolled back.
func (sv *service) freeze() {
	wants := map[*deployment]int{}
	for _, d := range sv.deployments {
		wants[d] = min(sv.fleet(d).count(seat.well), sv.desired)
	}
	for d, n := range wants {
		d.frozen = aws.Int(n)
	}
}

// rollBack makes the last deployment that was completed the primary one
// again. Those of its tasks that still run stay.
func (s *Service) rollBack(sv *service, r *rollout, f failure) {
	failed, d := sv.primary(), sv.completed
	d.halted, d.frozen, d.failed, d.failures, d.from = false, nil, 0, 0, time.Time{}
	sv.deployments = slices.DeleteFunc(sv.deployments, func(other *deployment) bool { return other == d })
	sv.deployments = append([]*deployment{d}, sv.deployments...)
	d.turn(types.DeploymentRolloutStateInProgress, fmt.Sprintf(f.word, d.id))
	sv.adopt(d.revision)
	r.exposed = r.hasTraffic()
	r.failed, r.target = failed, d
	r.status, r.reason = types.ServiceDeploymentStatusRollbackInProgress, f.reason
	r.back = &types.Rollback{Reason: aws.String(f.reason), StartedAt: aws.Time(time.Now()), ServiceRevisionArn: aws.String(d.revision.arn)}
	r.stages, r.at = rollbackStages, 0
	r.enter()
	s.event(sv, eventRollingBack, d.id)
	s.state(sv, d, EventInfo, deploymentStarted)
}
