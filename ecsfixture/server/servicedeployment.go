package server

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxDescribeDeployments = 20
	deploymentsPage        = 20
	maxDeploymentsPage     = 100
)

// newDeploymentID returns 21 characters, as the ids of service deployments
// have.
func newDeploymentID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])[:21]
}

// output returns a service deployment for a reply. The caller holds s.mu.
func (r *rollout) output(sv *service) types.ServiceDeployment {
	out := types.ServiceDeployment{
		ServiceDeploymentArn:    aws.String(r.arn),
		ServiceArn:              aws.String(sv.arn),
		ClusterArn:              aws.String(sv.cluster.arn),
		CreatedAt:               aws.Time(r.created),
		StartedAt:               aws.Time(r.created),
		UpdatedAt:               aws.Time(r.updated),
		FinishedAt:              timeIf(r.finished),
		StoppedAt:               timeIf(r.stopped),
		Status:                  r.status,
		StatusReason:            textIf(r.reason),
		LifecycleStage:          r.stage(),
		DeploymentConfiguration: &r.config,
		Rollback:                r.back,
		SourceServiceRevisions:  []types.ServiceRevisionSummary{},
	}
	for _, rev := range r.sources {
		out.SourceServiceRevisions = append(out.SourceServiceRevisions, sv.summarize(r, rev))
	}
	target := sv.summarize(r, r.aim().revision)
	out.TargetServiceRevision = &target
	for _, run := range r.hooks {
		if run.status != "" {
			out.LifecycleHookDetails = append(out.LifecycleHookDetails, run.describe())
		}
	}
	out.DeploymentCircuitBreaker, out.Alarms = r.describeBreaker(sv), r.describeAlarms()
	return clone(out)
}

// aim is the deployment that the rollout was made for, also when it has turned
// back since.
func (r *rollout) aim() *deployment {
	if r.failed != nil {
		return r.failed
	}
	return r.target
}

func (r *rollout) describeBreaker(sv *service) *types.ServiceDeploymentCircuitBreaker {
	return &types.ServiceDeploymentCircuitBreaker{
		Status: r.breaker, FailureCount: int32(r.aim().failed),
		Threshold: int32(threshold(r.config.DeploymentCircuitBreaker, sv.desired)),
	}
}

func (r *rollout) describeAlarms() *types.ServiceDeploymentAlarms {
	out := &types.ServiceDeploymentAlarms{Status: types.ServiceDeploymentRollbackMonitorsStatusDisabled}
	if c := r.config.Alarms; c != nil && c.Enable {
		out.AlarmNames, out.TriggeredAlarmNames = c.AlarmNames, r.alarms
		switch {
		case len(r.alarms) > 0:
			out.Status = types.ServiceDeploymentRollbackMonitorsStatusTriggered
		case r.over():
			out.Status = types.ServiceDeploymentRollbackMonitorsStatusMonitoringComplete
		default:
			out.Status = types.ServiceDeploymentRollbackMonitorsStatusMonitoring
		}
	}
	return out
}

func (r *rollout) over() bool { return !r.finished.IsZero() }

// summarize tells how many tasks a revision has, and its share of the traffic
// if that is shifted.
func (sv *service) summarize(r *rollout, rev *serviceRevision) types.ServiceRevisionSummary {
	out := types.ServiceRevisionSummary{Arn: aws.String(rev.arn)}
	for _, d := range sv.deployments {
		if d.revision == rev {
			out.RequestedTaskCount = int32(sv.want(d))
			out.RunningTaskCount, out.PendingTaskCount = sv.counts(d.has)
		}
	}
	if shifts(r.config.Strategy) {
		share := 100 - r.shifted
		if (rev == r.aim().revision) != (r.back != nil && r.shifted == 100) {
			share = r.shifted
		}
		out.RequestedProductionTrafficWeight = aws.Float64(share)
		if rev == r.aim().revision && r.tested {
			out.RequestedTestTrafficWeight = aws.Float64(100)
		}
	}
	return out
}

func timeIf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func textIf(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ListServiceDeployments lists the deployments of a service, newest first.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
func (s *Service) ListServiceDeployments(_ context.Context, in *ecs.ListServiceDeploymentsInput) (*ecs.ListServiceDeploymentsOutput, error) {
	size, err := pageSize(in.MaxResults, deploymentsPage, maxDeploymentsPage)
	if err != nil {
		return nil, err
	}
	if err := checkEnum("status", in.Status...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, err := s.knownService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	rows, all := []string{}, []string{}
	for _, r := range sv.rollouts {
		all = append(all, r.arn)
		if r.listed(in) {
			rows = append(rows, r.arn)
		}
	}
	arns, next, err := page(rows, byPlace(all), in.NextToken, size)
	if err != nil {
		return nil, err
	}
	return &ecs.ListServiceDeploymentsOutput{ServiceDeployments: s.briefs(arns), NextToken: next}, nil
}

// listed tells whether a deployment passes the filters of a list.
func (r *rollout) listed(in *ecs.ListServiceDeploymentsInput) bool {
	if len(in.Status) > 0 && !slices.Contains(in.Status, r.status) {
		return false
	}
	c := in.CreatedAt
	return c == nil || (c.After == nil || r.created.After(*c.After)) && (c.Before == nil || r.created.Before(*c.Before))
}

func (s *Service) briefs(arns []string) []types.ServiceDeploymentBrief {
	out := []types.ServiceDeploymentBrief{}
	for _, arn := range arns {
		if sv, r := s.findRollout(arn); r != nil {
			out = append(out, r.brief(sv))
		}
	}
	return out
}

func (r *rollout) brief(sv *service) types.ServiceDeploymentBrief {
	return clone(types.ServiceDeploymentBrief{
		ServiceDeploymentArn:     aws.String(r.arn),
		ServiceArn:               aws.String(sv.arn),
		ClusterArn:               aws.String(sv.cluster.arn),
		CreatedAt:                aws.Time(r.created),
		StartedAt:                aws.Time(r.created),
		FinishedAt:               timeIf(r.finished),
		Status:                   r.status,
		StatusReason:             textIf(r.reason),
		TargetServiceRevisionArn: aws.String(r.aim().revision.arn),
	})
}

// findRollout returns a service deployment by its ARN, nil if there is none.
// The caller holds s.mu.
func (s *Service) findRollout(arn string) (*service, *rollout) {
	for sv := s.ownerOf("service-deployment", arn); sv != nil; sv = sv.past {
		for _, r := range sv.rollouts {
			if lastPart(arn) == r.id {
				return sv, r
			}
		}
	}
	return nil, nil
}

// ownerOf returns the service whose name an ARN of that kind has.
func (s *Service) ownerOf(kind, arn string) *service {
	name, ok := s.resourceName(kind, arn)
	parts := strings.Split(name, "/")
	if !ok || len(parts) != 3 {
		return nil
	}
	return s.services[serviceKey{parts[0], parts[1]}]
}

// DescribeServiceDeployments describes service deployments by their ARNs.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html
func (s *Service) DescribeServiceDeployments(_ context.Context, in *ecs.DescribeServiceDeploymentsInput) (*ecs.DescribeServiceDeploymentsOutput, error) {
	if err := checkCount(len(in.ServiceDeploymentArns), maxDescribeDeployments, "serviceDeploymentArns", msgDeploymentsTooMany); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &ecs.DescribeServiceDeploymentsOutput{Failures: []types.Failure{}, ServiceDeployments: []types.ServiceDeployment{}}
	for _, arn := range in.ServiceDeploymentArns {
		if sv, r := s.findRollout(arn); r != nil {
			out.ServiceDeployments = append(out.ServiceDeployments, r.output(sv))
			continue
		}
		out.Failures = append(out.Failures, missing(arn))
	}
	return out, nil
}

// DescribeServiceRevisions describes service revisions by their ARNs.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html
func (s *Service) DescribeServiceRevisions(_ context.Context, in *ecs.DescribeServiceRevisionsInput) (*ecs.DescribeServiceRevisionsOutput, error) {
	if err := checkCount(len(in.ServiceRevisionArns), maxDescribeDeployments, "serviceRevisionArns", msgRevisionsTooMany); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &ecs.DescribeServiceRevisionsOutput{Failures: []types.Failure{}, ServiceRevisions: []types.ServiceRevision{}}
	for _, arn := range in.ServiceRevisionArns {
		if rev := s.findRevision(arn); rev != nil {
			out.ServiceRevisions = append(out.ServiceRevisions, clone(rev.api))
			continue
		}
		out.Failures = append(out.Failures, missing(arn))
	}
	return out, nil
}

func (s *Service) findRevision(arn string) *serviceRevision {
	for sv := s.ownerOf("service-revision", arn); sv != nil; sv = sv.past {
		for _, rev := range sv.revisions {
			if rev.number == lastPart(arn) {
				return rev
			}
		}
	}
	return nil
}

// StopServiceDeployment stops a deployment that is under way: with ROLLBACK it
// goes back to the last that was completed, with ABORT all stays as it is.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopServiceDeployment.html
func (s *Service) StopServiceDeployment(_ context.Context, in *ecs.StopServiceDeploymentInput) (*ecs.StopServiceDeploymentOutput, error) {
	if err := checkEnum("stopType", in.StopType); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, r := s.findRollout(deref(in.ServiceDeploymentArn))
	if r == nil {
		return nil, deploymentNotFound()
	}
	if err := sv.checkStop(r, in.StopType); err != nil {
		return nil, err
	}
	r.stopped = time.Now()
	rollback := in.StopType != types.StopServiceDeploymentStopTypeAbort
	s.fail(sv, r, failure{reason: rolloutStopped, event: eventFailedStopped, rollback: rollback, word: rolloutBackStopped})
	sv.poke()
	s.broadcast()
	return &ecs.StopServiceDeploymentOutput{ServiceDeploymentArn: aws.String(r.arn)}, nil
}

func deploymentNotFound() error {
	return &types.ServiceDeploymentNotFoundException{Message: aws.String(msgDeploymentMissing)}
}

func (sv *service) checkStop(r *rollout, how types.StopServiceDeploymentStopType) error {
	message := ""
	switch {
	case r.over():
		message = msgDeploymentFinished
	case r.back != nil:
		message = msgDeploymentStopping
	case how != types.StopServiceDeploymentStopTypeAbort && sv.completed == nil:
		message = msgDeploymentNothing
	default:
		return nil
	}
	return &types.ConflictException{Message: aws.String(message), ResourceIds: []string{r.arn}}
}

// ContinueServiceDeployment ends the pause of a deployment at a PAUSE hook:
// it goes on, or with ROLLBACK back.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContinueServiceDeployment.html
func (s *Service) ContinueServiceDeployment(_ context.Context, in *ecs.ContinueServiceDeploymentInput) (*ecs.ContinueServiceDeploymentOutput, error) {
	if err := checkEnum("action", in.Action); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, r := s.findRollout(deref(in.ServiceDeploymentArn))
	if r == nil {
		return nil, deploymentNotFound()
	}
	if err := r.answer(deref(in.HookId), in.Action); err != nil {
		return nil, err
	}
	sv.poke()
	s.broadcast()
	return &ecs.ContinueServiceDeploymentOutput{ServiceDeploymentArn: aws.String(r.arn)}, nil
}

// answer ends the pause of one hook.
func (r *rollout) answer(hookID string, action types.DeploymentLifecycleHookAction) error {
	for _, run := range r.hooks {
		if run.id != hookID || run.status != types.DeploymentLifecycleHookStatusAwaitingAction || r.over() || r.back != nil {
			continue
		}
		run.status = types.DeploymentLifecycleHookStatusSucceeded
		if action == types.DeploymentLifecycleHookActionRollback {
			run.status = types.DeploymentLifecycleHookStatusFailed
			r.broken = rolloutStopped
		}
		r.updated = time.Now()
		return nil
	}
	return invalidParameter(msgHookWaiting, hookID)
}
